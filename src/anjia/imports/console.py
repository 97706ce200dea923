"""The console's pages of lists on their way in: upload, confirm the columns, see what it would do, do it."""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from anjia.catalogue.rules.city import WORDS_OF_CITY_STATUS
from anjia.catalogue.rules.content import WORDS_OF_MODE
from anjia.catalogue.rules.lines import WORDS_OF_LINE
from anjia.imports import commands, queries
from anjia.imports.lists import LIMITS, Outcome, outcome_of, read_list, table_of
from anjia.imports.models import ImportBatch, State
from anjia.imports.rules import COLUMNS, KIND_WORDS, BadRow, ColumnsMissing, Kind
from anjia.imports.sheets import template_sheet
from anjia.kernel import console
from anjia.kernel.actors import Purpose
from anjia.kernel.console import PageRequest, page
from anjia.kernel.errors import DomainError, Invalid, Words
from anjia.kernel.paging import Page
from anjia.kernel.uploads import FileRefused, ReadersBusy
from anjia.residents.rules import CHRONIC_WORDS, SEX_WORDS, Sex
from anjia.spreadsheets.limits import too_large
from anjia.spreadsheets.reader import Table

app_name = "imports"
ENVELOPE: Final = 64 * 1024  # of a form, round its file
BAD_SHOWN: Final = 100
STATE_WORDS: Final = {
    State.UPLOADED: ("info", _("等着核对列")),
    State.TRIED: ("warn", _("等着导入")),
    State.IMPORTED: ("ok", _("导入了")),
    State.ABANDONED: ("idle", _("没有导入")),
}


def go(name: str, **ids: Any) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"imports:{name}", kwargs=ids), status=303)


def small_enough(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse a body above the limit before a byte of it is read: the form's own check comes after reading it."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        size = int(request.headers.get("Content-Length") or 0)
        if size > LIMITS.file + ENVELOPE:
            raise FileRefused(too_large(size, LIMITS))
        return csrf_protect(view)(request, *args, **kwargs)

    return csrf_exempt(guarded)


@page("imports.run")
@require_safe
def import_list(request: PageRequest) -> HttpResponse:
    """List the lists, and offer to upload one."""
    wanted = request.GET.get("kind", "")
    return show_list(request, kind=wanted if wanted in set(Kind) else "")


def show_list(request: PageRequest, refusal: DomainError | None = None, kind: str = "") -> HttpResponse:
    found = console.ask(request, queries.batches, Purpose.CONTRACT, after=request.GET.get("after") or None)
    said = {
        "page": Page([shown(batch) for batch in found.items], found.next),
        "kinds": [(one.value, words, COLUMNS[one]) for one, words in KIND_WORDS.items()],
        "kind": kind or Kind.RESIDENTS.value,
        "refusal": refusal,
        "most": LIMITS.file // 1024 // 1024,
        "most_rows": LIMITS.rows,
    }
    return render(request, "imports/list.html", said, status=refusal.status if refusal else 200)


def shown(batch: ImportBatch) -> dict[str, Any]:
    tone, words = STATE_WORDS[State(batch.state)]
    return {
        "batch": batch,
        "kind": KIND_WORDS[Kind(batch.kind)],
        "tone": tone,
        "words": words,
        "outcome": outcome_of(batch.result) if batch.result else None,
    }


@small_enough
@page("imports.run")
@require_POST
def upload(request: PageRequest) -> HttpResponse:
    """Take a file, and go on to its columns."""
    file = request.FILES.get("file")
    kind = request.POST.get("kind", "")
    if file is None or kind not in set(Kind):
        words = _("请先选好是哪种名单，再选文件。")
        return show_list(request, Invalid(words, fields={"file": words}), kind)
    try:
        content = file.read()
        table = read_list(Kind(kind), content)
    except (FileRefused, ReadersBusy) as refusal:
        return show_list(request, refusal, kind)
    batch = console.do(
        request, commands.upload_list, kind=kind, file_name=file.name or "", content=content, table=table
    )
    return go("batch", batch_id=batch.id) if batch else go("list")


@page("imports.run")
@require_safe
def batch(request: PageRequest, batch_id: UUID) -> HttpResponse:
    """Show where a list stands: its columns, what it would do, or what it has done."""
    return show_batch(request, batch_id)


def show_batch(
    request: PageRequest, batch_id: UUID, refusal: DomainError | None = None, chosen: Any = None
) -> HttpResponse:
    found = console.ask(request, queries.get_batch, Purpose.CONTRACT, batch_id=batch_id)
    kind = Kind(found.kind)
    columns = chosen or found.columns
    said = shown(found) | {
        "refusal": refusal,
        "columns": [
            {"number": number, "title": title, "code": code, "samples": samples}
            for number, (title, code, samples) in enumerate(
                zip(found.titles, columns, found.samples or [[]] * len(found.titles), strict=False)
            )
        ],
        "known": [(column.code, column.words, column.is_required) for column in COLUMNS[kind]],
        "missing": [column.words for column in COLUMNS[kind] if column.code not in columns],
    }
    if said["outcome"]:
        said |= outcome_said(kind, said["outcome"])
    return render(request, "imports/batch.html", said, status=refusal.status if refusal else 200)


def outcome_said(kind: Kind, outcome: Outcome) -> dict[str, Any]:
    titles = {column.code: column.words for column in COLUMNS[kind]}
    return {
        "valid": outcome.added + outcome.changed + outcome.same,
        "more_names": outcome.added - len(outcome.names),
        "more_changes": outcome.changed - len(outcome.changes),
        "changes": [
            (
                name,
                [
                    (titles.get(code, FIELD_WORDS.get(code, code)), worded(code, was), worded(code, comes))
                    for code, (was, comes) in fields.items()
                ],
            )
            for name, fields in outcome.changes
        ],
        "bad": rows_said(outcome.bad, titles),
        "more_bad": max(0, len(outcome.bad) - BAD_SHOWN),
        "assumed": rows_said(outcome.assumed, titles),
        "more_assumed": max(0, len(outcome.assumed) - BAD_SHOWN),
    }


def rows_said(rows: Sequence[BadRow], titles: Mapping[str, Words]) -> list[dict[str, Any]]:
    return [
        {
            "row": one.row,
            "name": one.name,
            "reasons": [(titles.get(reason.column, ""), str(reason)) for reason in one.reasons],
        }
        for one in rows[:BAD_SHOWN]
    ]


FIELD_WORDS: Final = {
    "relatives": _("家属"),
    "duration_minutes": _("时长（分钟）"),
    "people_needed": _("人数"),
    "price_fen": _("价格（分）"),
    "papers": _("证书"),
    "travel_mode": _("出行方式"),
    "station_id": _("站点"),
    "kinds": _("岗位"),
}


def worded(code: str, value: str) -> str:
    """Return a value as people read it: codes as their words."""
    if code == "sex" and value in set(Sex):
        return str(SEX_WORDS[Sex(value)])
    if code == "chronic":
        return "、".join(str(CHRONIC_WORDS.get(one, one)) for one in value.split("、"))
    known: dict[str, Any] = {
        "yes": _("是"),
        "no": _("否"),
        **WORDS_OF_MODE,
        **WORDS_OF_LINE,
        **{str(key): words for key, words in WORDS_OF_CITY_STATUS.items()},
    }
    return str(known.get(value, value)) or "—"


def table_read(request: PageRequest, batch_id: UUID) -> Table:
    return table_of(console.ask(request, queries.get_batch, Purpose.CONTRACT, batch_id=batch_id))


@page("imports.run")
@require_POST
def try_list(request: PageRequest, batch_id: UUID) -> HttpResponse:
    """Confirm the columns, and see what the list would do."""
    chosen = [code or None for code in request.POST.getlist("column")]
    try:
        table = table_read(request, batch_id)
        console.do(request, commands.try_list, batch_id=batch_id, table=table, columns=chosen)
    except (ColumnsMissing, ReadersBusy) as refusal:
        return show_batch(request, batch_id, refusal, chosen)
    return go("batch", batch_id=batch_id)


@page("imports.run")
@require_POST
def run(request: PageRequest, batch_id: UUID) -> HttpResponse:
    """Take the valid rows over."""
    try:
        table = table_read(request, batch_id)
        console.do(request, commands.run_import, batch_id=batch_id, table=table)
    except DomainError as refusal:
        return show_batch(request, batch_id, refusal)
    return go("batch", batch_id=batch_id)


@page("imports.run")
@require_POST
def abandon(request: PageRequest, batch_id: UUID) -> HttpResponse:
    """Leave the list where it is."""
    console.do(request, commands.abandon_list, batch_id=batch_id)
    return go("list")


@page("imports.run")
@require_safe
def bad_rows(request: PageRequest, batch_id: UUID) -> HttpResponse:
    """Give the rows that were not taken back, each with the reason."""
    content = console.ask(request, queries.bad_rows_file, Purpose.CONTRACT, batch_id=batch_id)
    return console.download(content, "anjia-rows-to-put-right.xlsx", console.XLSX)


@page("imports.run")
@require_safe
def template(request: PageRequest, kind: str) -> HttpResponse:
    """Give an empty list to fill in."""
    return console.download(template_sheet(Kind(kind)), f"anjia-{kind}.xlsx", console.XLSX)


urlpatterns = [
    path("", import_list, name="list"),
    path("upload", upload, name="upload"),
    *(
        path(f"templates/{kind.value}.xlsx", template, {"kind": kind.value}, name=f"template_{kind.value}")
        for kind in Kind
    ),
    path("<uuid:batch_id>/", batch, name="batch"),
    path("<uuid:batch_id>/try", try_list, name="try"),
    path("<uuid:batch_id>/run", run, name="run"),
    path("<uuid:batch_id>/abandon", abandon, name="abandon"),
    path("<uuid:batch_id>/rows-to-put-right.xlsx", bad_rows, name="bad_rows"),
]
