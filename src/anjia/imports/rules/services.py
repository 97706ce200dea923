"""A list of services and prices."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from anjia.catalogue.rules import ServiceRow
from anjia.clinical.professions import paper_named
from anjia.imports.rules.cleaned import Cells, clean_rows, without_twins
from anjia.imports.rules.refusals import Cleaned
from anjia.spreadsheets.cleaning import Cell, is_blank, narrow, short_text_of, text_of
from anjia.spreadsheets.sheets import Row
from anjia.spreadsheets.words import Unclean, _

BETWEEN: Final = re.compile(r"[、,，;；/\n]+")
MODES: Final[Mapping[str, str]] = {
    **dict.fromkeys(["上门", "上门服务", "居家", "入户"], "home"),
    **dict.fromkeys(["到站", "门诊", "到院", "到店", "站内"], "clinic"),
    **dict.fromkeys(["线上", "在线", "视频", "电话", "网上"], "online"),
}
LINES: Final[Mapping[str, str]] = {
    **dict.fromkeys(["公卫随访", "公卫", "公共卫生", "基本公卫", "公共卫生服务"], "public_health"),
    **dict.fromkeys(["家庭医生上门", "家庭医生", "家医", "家医签约"], "family_doctor"),
    **dict.fromkeys(["居家医疗", "居家医疗服务", "上门医疗"], "home_care"),
    **dict.fromkeys(["互联网+护理", "互联网护理", "互联网+护理服务", "上门护理"], "internet_nursing"),
    **dict.fromkeys(["非医疗", "生活照料", "生活服务", "照护"], "non_medical"),
}
DEAREST: Final = Decimal(100_000)


def clean_services(rows: Iterable[Row], columns: Sequence[str | None]) -> Cleaned[ServiceRow]:
    """Return what the list says of each service, and the rows that cannot be taken."""
    cleaned = clean_rows(rows, columns, service_row)
    return without_twins(cleaned, who, lambda row: row.row, lambda row: row.name)


def who(row: ServiceRow) -> object:
    return row.code or row.name


def service_row(cells: Cells) -> ServiceRow | None:
    name = cells.clean("name", service_name)
    price = cells.clean("price", fen_of)
    duration = cells.clean("duration", minutes_of)
    people = cells.clean("people", people_of)
    mode = cells.clean("mode", lambda cell: one_of(cell, MODES, _("“{said}”看不懂。请写上门、到站或线上。")))
    line_words = _("“{said}”看不懂。请写公卫随访、家庭医生上门、居家医疗、互联网+护理或非医疗。")
    line = cells.clean("legal_line", lambda cell: one_of(cell, LINES, line_words))
    min_years = cells.clean("min_years", years_asked)
    certificates = certificates_asked(cells)
    summary = cells.clean("summary", short_text_of)
    preparation = cells.clean("preparation", short_text_of)
    if cells.reasons or name is None:
        return None
    return ServiceRow(
        name=name,
        code="" if is_blank(cells.text("code")) else cells.text("code")[:40],
        mode=mode,
        legal_line=line,
        duration_minutes=duration,
        people_needed=people,
        price_fen=price,
        summary=summary or None,
        preparation=preparation or None,
        min_years=min_years,
        certificates=certificates,
        row=cells.number,
    )


def service_name(cell: Cell) -> str:
    """:raises Unclean: if there is none"""
    name = short_text_of(cell, longest=60)
    if not name:
        raise Unclean("name.missing", _("没有写服务名称。请补上。"))
    return name


def one_of(cell: Cell, known: Mapping[str, str], words: str) -> str | None:
    """:raises Unclean: if it is none of those that we know"""
    said = narrow(cell)
    if is_blank(said):
        return None
    if said in known:
        return known[said]
    raise Unclean("word.unknown", words, said=said[:20])


def fen_of(cell: Cell) -> int | None:
    """:raises Unclean: if it is no amount of money"""
    said = narrow(cell)
    if is_blank(said):
        return None
    if said in {"免费", "0元"}:
        return 0
    bare = re.sub(
        r"^[¥￥]|(?:元|块)?(?:/|每)(?:次|人|小时)$|元$|块$", "", said.replace(",", "").replace("，", "")
    )
    found = number_of(bare.removesuffix("元"))
    if found is None or not 0 <= found <= DEAREST or found * 100 != int(found * 100):
        raise Unclean(
            "price.odd", _("“{said}”不像价格。请只写数字，单位是元，最多两位小数。"), said=said[:20]
        )
    return int(found * 100)


def minutes_of(cell: Cell) -> int | None:
    """:raises Unclean: if nothing takes so long"""
    said = narrow(cell)
    if is_blank(said):
        return None
    hours = re.fullmatch(r"([\d.]+)\s*(?:个)?(?:小时|钟头|h)", said)
    found = number_of(hours[1]) if hours else number_of(re.sub(r"\s*(?:分钟|分|min)$", "", said))
    minutes = found * 60 if hours and found is not None else found
    if minutes is None or not 5 <= minutes <= 600:
        raise Unclean("duration.odd", _("“{said}”不像时长。请写分钟数，5 到 600。"), said=said[:20])
    return int(minutes)


def people_of(cell: Cell) -> int | None:
    """:raises Unclean: if nobody would go in such a crowd"""
    said = re.sub(r"\s*(?:个人|人|名|位)$", "", narrow(cell))
    if is_blank(said):
        return None
    found = number_of(said)
    if found is None or found not in {1, 2, 3, 4}:
        raise Unclean("people.odd", _("“{said}”不像人数。请写 1 到 4。"), said=said[:20])
    return int(found)


def years_asked(cell: Cell) -> int | None:
    """:raises Unclean: if it is no number of years"""
    said = re.sub(r"\s*年(?:以上|及以上)?$|以上$", "", narrow(cell))
    if is_blank(said):
        return None
    found = number_of(said)
    if found is None or not 0 <= found <= 50:
        raise Unclean("years.odd", _("“{said}”不像年限。请只写几年，比如 5。"), said=said[:20])
    return int(found)


def certificates_asked(cells: Cells) -> tuple[str, ...] | None:
    found = []
    for said in BETWEEN.split(text_of(cells.first("certificates"))):
        if is_blank(said):
            continue
        code = paper_named(said.strip())
        if code is None:
            words = _("“{said}”这种证书不认得。请写 PICC、伤口造口、老年专科这样的名字。")
            cells.wrong("certificates", words, said=said[:30])
        else:
            found.append(code)
    return tuple(dict.fromkeys(found)) or None


def number_of(said: str) -> Decimal | None:
    try:
        found = Decimal(said.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
