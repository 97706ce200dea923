"""The city's own list of 互联网+护理."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from anjia.catalogue.rules.city import CityRow, CityStatus, key_of
from anjia.imports.rules.cleaned import Cells, clean_rows, without_twins
from anjia.imports.rules.refusals import Cleaned
from anjia.imports.rules.services import MODES, one_of
from anjia.spreadsheets.cleaning import Cell, date_of, is_blank, short_text_of
from anjia.spreadsheets.sheets import Row
from anjia.spreadsheets.words import Unclean, _

STATUSES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ["允许", "allowed", "是", "可以", "正面", "正面清单", "正面目录", "准入"], CityStatus.ALLOWED.value
    ),
    **dict.fromkeys(
        ["禁止", "forbidden", "否", "不允许", "不可以", "负面", "负面清单", "负面目录"],
        CityStatus.FORBIDDEN.value,
    ),
}


def clean_city_list(rows: Iterable[Row], columns: Sequence[str | None]) -> Cleaned[CityRow]:
    """Return what the list says of each item, and the rows that cannot be taken."""
    cleaned = clean_rows(rows, columns, city_row)
    return without_twins(cleaned, lambda row: key_of(row.name), lambda row: row.row, lambda row: row.name)


def city_row(cells: Cells) -> CityRow | None:
    name = cells.clean("name", item_name)
    document_no = cells.clean("document_no", document_of)
    status_words = _("“{said}”看不懂。请写允许或禁止。")
    status = cells.clean("status", lambda cell: one_of(cell, STATUSES, status_words))
    mode_words = _("“{said}”看不懂。请写上门、到站或线上。")
    mode = cells.clean("mode", lambda cell: one_of(cell, MODES, mode_words))
    condition = cells.clean("staff_condition", short_text_of)
    valid_from = cells.clean("valid_from", date_of)
    if cells.reasons or name is None or document_no is None:
        return None
    return CityRow(
        name=name,
        document_no=document_no,
        status=status or CityStatus.ALLOWED.value,
        service_code="" if is_blank(cells.text("service_code")) else cells.text("service_code")[:60],
        mode=mode or "",
        staff_condition=condition or "",
        valid_from=valid_from,
        row=cells.number,
    )


def item_name(cell: Cell) -> str:
    """:raises Unclean: if there is none, or nothing that could be told from another"""
    name = short_text_of(cell, longest=120)
    if not key_of(name):
        raise Unclean("name.missing", _("没有写项目名称。请补上。"))
    return name


def document_of(cell: Cell) -> str:
    """:raises Unclean: if nobody says where the item stands"""
    said = short_text_of(cell, longest=120)
    if is_blank(said):
        raise Unclean("document.missing", _("没有写文号。请写公布目录的文件和文号。"))
    return said
