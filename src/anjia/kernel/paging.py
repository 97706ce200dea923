"""
Keyset paging: a page begins after the last row of the one before, wherever that now lies.

The cursor is sealed: it holds the row's name or time and stands in addresses, and only what we have made is read.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from cryptography.exceptions import InvalidTag
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from ninja import Schema

from anjia.kernel import encryption
from anjia.kernel.errors import DomainError
from anjia.kernel.prepared import Prepared

M = TypeVar("M", bound=Model)
T = TypeVar("T")

LARGEST: Final = 500


class BadCursor(DomainError):
    code = "bad_cursor"
    status = 422
    words = _("翻页的位置读不出来。请从第一页开始看。")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows, and the cursor to ask for those after them with; None when there are none."""

    items: list[T]
    next: str | None


class PageOut(Schema, Generic[T]):
    items: list[T]
    next: str | None


def page_of(
    rows: QuerySet[M, M], *, order: Sequence[str], after: str | None = None, size: int = 50
) -> Page[M]:
    """
    Return at most `size` rows behind the cursor `after`, in `order` ("-starts_at", "id"), which ends in a unique field.

    :raises BadCursor: if `after` is not one of ours
    """
    size = max(1, min(size, LARGEST))
    if after:
        rows = rows.filter(behind(rows.model, order, after))
    return cut(list(rows.order_by(*order)[: size + 1]), order, size)


def page_from(
    question: Prepared[M], *, order: Sequence[str], after: str | None = None, size: int = 50, **values: Any
) -> Page[M]:
    """
    Return a page of what answers a question that is asked in this `order`; the first page's SQL is written once.

    :raises BadCursor: if `after` is not one of ours
    """
    if after:
        return page_of(question.queryset(**values), order=order, after=after, size=size)
    size = max(1, min(size, LARGEST))
    return cut(question.rows(limit=size + 1, **values), order, size)


def cut(found: list[M], order: Sequence[str], size: int) -> Page[M]:
    """Return as many as asked for; one more was looked for, to know whether there are more."""
    more = len(found) > size
    return Page(found[:size], cursor_of(found[size - 1], order) if more else None)


def cursor_of(row: Model, order: Sequence[str]) -> str:
    values = [getattr(row, name.lstrip("-")) for name in order]
    said = json.dumps(values, cls=DjangoJSONEncoder).encode()
    sealed = encryption.seal(said, bound_to=bound_to(type(row), order))
    return base64.urlsafe_b64encode(sealed).decode()


def bound_to(model: type[Model], order: Sequence[str]) -> str:
    return f"cursor|{model._meta.label}|{','.join(order)}"


def behind(model: type[Model], order: Sequence[str], after: str) -> Q:
    """Return the condition of lying behind the cursor. A bound on the first field comes first, for the index."""
    try:
        sealed = base64.urlsafe_b64decode(after.encode())
        said: list[Any] = json.loads(encryption.unseal(sealed, bound_to=bound_to(model, order)))
    except (ValueError, LookupError, InvalidTag):
        raise BadCursor from None
    values = [
        model._meta.get_field(name.lstrip("-")).to_python(value)  # type: ignore[union-attr]  # a plain field
        for name, value in zip(order, said, strict=True)
    ]
    condition = Q(pk__in=[])
    equal = Q()
    for name, value in zip(order, values, strict=True):
        field, way = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        condition |= equal & Q((f"{field}__{way}", value))
        equal &= Q((field, value))
    first, way = order[0].lstrip("-"), "lte" if order[0].startswith("-") else "gte"
    return Q((f"{first}__{way}", values[0])) & condition
