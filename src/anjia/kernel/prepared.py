"""
Statements whose SQL is written once per process.

Django takes far longer to write the SQL of a question than PostgreSQL to answer it. Where a request asks the same
few questions every time, they are prepared:

    LIVE = Prepared(lambda asked: Assignment.objects.filter(staff_id__any_of=asked.staff_ids, starts_at__lt=asked.end))
    LIVE.rows(staff_ids=staff_ids, end=end)

Everything else stays as it was: the connection, the unit of work around it, row-level security, the models that come
back. What is asked for is named, never formatted into the text.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.models import (
    BooleanField,
    CharField,
    Expression,
    Field,
    ForeignKey,
    ForeignObject,
    IntegerField,
    Lookup,
    Model,
    PositiveIntegerField,
    PositiveSmallIntegerField,
    QuerySet,
    TextField,
    UUIDField,
)
from django.db.models.query import RelatedPopulator
from psycopg.sql import Literal

from anjia.kernel.planned import planned

M = TypeVar("M", bound=Model)

ROWS_AT_ONCE: Final = 200  # PostgreSQL takes 65,535 values in a statement
PARTS_AT_ONCE: Final = 8
TAKEN_AS_THEY_ARE: Final = {str, int, bool, UUID, type(None)}
PLAIN_FIELDS: Final = {
    CharField,
    TextField,
    UUIDField,
    ForeignKey,
    BooleanField,
    IntegerField,
    PositiveIntegerField,
    PositiveSmallIntegerField,
}

Part = tuple[str, list[Any]]  # a statement, and its values
Converters = Sequence[tuple[int, Sequence[Callable[[Any, Any, Any], Any]], Any]]


class Slot(Expression):
    """The place of a value that is not known yet."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class Asked:
    """What a prepared question is given: `asked.resident_id` is the place of that value."""

    def __getattr__(self, name: str) -> Any:
        return Slot(name)


class AnyOf(Lookup):
    """`field__any_of=values`: one of a list, which is one value of the statement however long it is."""

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", [*left_params, *right_params]


Field.register_lookup(AnyOf)
ForeignObject.register_lookup(AnyOf)  # it does not inherit them


@dataclass(frozen=True, slots=True)
class Written:
    """The SQL of a question, what goes into it in which order, and how its rows are read."""

    sql: str
    slots: tuple[str, ...]
    converters: Converters
    names: tuple[str, ...]
    first: int
    last: int
    related: tuple[Any, ...]
    annotations: tuple[tuple[str, int], ...]


class Prepared(Generic[M]):
    """A question about the rows of one model. It is written down when it is first asked."""

    def __init__(self, question: Callable[[Any], QuerySet[M, Any]]) -> None:
        self._question = question

    def queryset(self, **values: Any) -> QuerySet[M, Any]:
        """Return the question with its values in it, to be asked further: its SQL is written anew."""
        return self._question(SimpleNamespace(**values))

    def rows(self, *, limit: int | None = None, beside: Sequence[Part] = (), **values: Any) -> list[M]:
        """Return the rows that answer it, as models; at most `limit`. It does not see what is run `beside` it."""
        written = self._written
        found = []
        for row in self.tuples(limit=limit, beside=beside, **values):
            one = self._model.from_db(DEFAULT_DB_ALIAS, written.names, row[written.first : written.last])
            for related in written.related:
                related.populate(row, one)
            for name, position in written.annotations:
                setattr(one, name, row[position])
            found.append(one)
        return found

    def first(self, **values: Any) -> M | None:
        """Return the first row that answers it, or None."""
        return next(iter(self.rows(limit=1, **values)), None)

    def tuples(
        self, *, limit: int | None = None, beside: Sequence[Part] = (), **values: Any
    ) -> list[list[Any]]:
        """Return what answers it as plain values, in the order of the question's fields; at most `limit` rows."""
        written = self._written
        given = [plain(values[name]) for name in written.slots]
        sql = written.sql + " LIMIT %s" * (limit is not None)
        answer = planned(*together(beside, (sql, given + [limit] * (limit is not None))))
        found = list(map(list, answer.rows))
        here = connections[DEFAULT_DB_ALIAS] if written.converters and found else None
        for position, converters, expression in written.converters:
            for row in found:
                for convert in converters:
                    row[position] = convert(row[position], expression, here)
        return found

    @cached_property
    def _model(self) -> type[M]:
        return self._question(Asked()).model

    @cached_property
    def _written(self) -> Written:
        compiler = self._question(Asked()).query.get_compiler(DEFAULT_DB_ALIAS)
        sql, slots = with_constants(*compiler.as_sql())
        info, columns = compiler.klass_info or {}, [column[0] for column in compiler.select]
        own = info.get("select_fields", [])
        return Written(
            sql,
            slots,
            tuple((position, *found) for position, found in compiler.get_converters(columns).items()),
            tuple(columns[position].target.attname for position in own),
            own[0] if own else 0,
            own[-1] + 1 if own else 0,
            tuple(
                RelatedPopulator(one, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # a later Django's
                for one in info.get("related_klass_infos", ())
            ),
            tuple((compiler.annotation_col_map or {}).items()),
        )


def with_constants(sql: str, params: Sequence[Any]) -> tuple[str, tuple[str, ...]]:
    """
    Return the SQL with what is always the same written into it, and the names of what is not.

    A plan that is made once can use an index over the visits that are held only if it knows that they are.
    """
    texts = sql.split("%s")
    assert len(texts) == len(params) + 1, "one place for each value"
    written = [
        "%s" if isinstance(one, Slot) else Literal(plain(one)).as_string().replace("%", "%%")
        for one in params
    ]
    slots = tuple(one.name for one in params if isinstance(one, Slot))
    return "".join(text + place for text, place in zip(texts, [*written, ""], strict=True)), slots


def plain(value: Any) -> Any:
    """Return what PostgreSQL knows: the value of one of our words, not its name."""
    return value.value if isinstance(value, Enum) else value


@dataclass(frozen=True, slots=True)
class Insertion:
    """How a row of one model is put into its table."""

    into: str
    row: str
    fields: tuple[Any, ...]

    def of(self, rows: Sequence[Model]) -> Part:
        """Return the statement that puts these rows in, and its values."""
        here = connections[DEFAULT_DB_ALIAS]
        values = [value_of(field, row, here, add=True) for row in rows for field in self.fields]
        return f"{self.into} VALUES {', '.join([self.row] * len(rows))}", values


def value_of(field: Any, row: Model, here: Any, *, add: bool) -> Any:
    """Return what is written of the field: most of what a row says PostgreSQL takes as it is."""
    value = row.__dict__.get(field.attname, ...)
    if type(value) in TAKEN_AS_THEY_ARE and type(field) in PLAIN_FIELDS:
        return value
    return field.get_db_prep_save(field.pre_save(row, add), connection=here)


def insert(*rows: Model) -> None:
    """
    Insert new rows in one statement, however many tables they are of.

    What the database makes of them (generated columns, its own defaults) is not read back.
    """
    run(insertions(rows))


def insert_new(row: Model) -> bool:
    """Insert a row unless there is one like it, waiting for whoever inserts that; return whether there was none."""
    [(text, values)] = insertions([row])
    return bool(planned(f"{text} ON CONFLICT DO NOTHING", values).number)


def insertions(rows: Sequence[Model]) -> list[Part]:
    """Return the statements that insert these rows, one a table, or more where they are many."""
    kinds: dict[type[Model], list[Model]] = {}
    for row in rows:
        kinds.setdefault(type(row), []).append(row)
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return [
        insertion_of(kind).of(of_kind[at : at + ROWS_AT_ONCE])
        for kind, of_kind in kinds.items()
        for at in range(0, len(of_kind), ROWS_AT_ONCE)
    ]


def run(parts: Sequence[Part], last: Part = ("SELECT", [])) -> None:
    """Run statements that do not read what the others write, as one; as several where they are very many."""
    while len(parts) > PARTS_AT_ONCE:
        run(parts[:PARTS_AT_ONCE])
        parts = parts[PARTS_AT_ONCE:]
    planned(*together(parts, last))


def together(parts: Sequence[Part], last: Part) -> Part:
    """Return one statement for all of them, that answers what the last one does."""
    if not parts:
        return last
    texts = ", ".join(f"part{number} AS ({text})" for number, (text, _) in enumerate(parts))
    return f"WITH {texts} {last[0]}", [value for _, values in parts for value in values] + last[1]


@cache
def insertion_of(model: type[Model]) -> Insertion:
    meta, quote = model._meta, connections[DEFAULT_DB_ALIAS].ops.quote_name
    fields = [
        field for field in meta.local_concrete_fields if not field.generated and not field.has_db_default()
    ]
    return Insertion(
        f"INSERT INTO {quote(meta.db_table)} ({', '.join(quote(column_of(field)) for field in fields)})",
        f"({', '.join(['%s'] * len(fields))})",
        tuple(fields),
    )


def save(row: Model, *names: str) -> None:
    """
    Write these fields of a row that is there.

    :raises DatabaseError: if it is not there (any more)
    """
    if planned(*saving(row, *names)).number != 1:
        raise DatabaseError("the row to be saved is not there")


def saving(row: Model, *names: str) -> Part:
    """Return the statement that writes these fields of a row."""
    meta = type(row)._meta
    known = {field.name: field for field in meta.local_concrete_fields}
    fields = [known[name] for name in names]
    here = connections[DEFAULT_DB_ALIAS]
    quote = here.ops.quote_name
    sets = ", ".join(f"{quote(column_of(field))} = %s" for field in fields)
    values = [value_of(field, row, here, add=False) for field in fields]
    return (
        f"UPDATE {quote(meta.db_table)} SET {sets} WHERE {quote(column_of(meta.pk))} = %s",
        [*values, row.pk],
    )


def column_of(field: Any) -> str:
    return str(field.column)
