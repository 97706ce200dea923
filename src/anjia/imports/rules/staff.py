"""A list of staff, with their papers and their usual week."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from functools import partial
from typing import Final
from uuid import UUID

from anjia.clinical.professions import PROFESSIONS, kind_of_title, licence_of, paper_named
from anjia.imports.rules.cleaned import Cells, clean_rows, without_twins
from anjia.imports.rules.refusals import Cleaned
from anjia.imports.rules.services import number_of
from anjia.kernel.errors import Invalid
from anjia.spreadsheets.cleaning import (
    Cell,
    date_of,
    is_blank,
    is_for_ever,
    month_of,
    name_of,
    narrow,
    phones_of,
    sex_of,
    text_of,
)
from anjia.spreadsheets.sheets import Row
from anjia.spreadsheets.words import Unclean, _
from anjia.workforce.rules import (
    PaperRow,
    PatternInvalid,
    PatternPart,
    StaffRow,
    check_pattern,
    check_staff,
)

BETWEEN: Final = re.compile(r"[、,，;；/\n]+")
TRAVELS: Final[Mapping[str, str]] = {
    **dict.fromkeys(["步行", "走路"], "walk"),
    **dict.fromkeys(["自行车", "单车", "骑车"], "bicycle"),
    **dict.fromkeys(["电动车", "电瓶车", "电动自行车", "摩托车"], "ebike"),
    **dict.fromkeys(["公交", "公交车", "地铁", "公共交通"], "bus"),
    **dict.fromkeys(["开车", "汽车", "自驾", "小汽车"], "car"),
}
KINDS: Final[Mapping[str, str]] = {
    **{profession.name: kind.value for kind, profession in PROFESSIONS.items()},
    **dict.fromkeys(["护理", "护理人员", "专科护士"], "nurse"),
    **dict.fromkeys(["医师", "家庭医生", "全科医生", "大夫"], "doctor"),
    **dict.fromkeys(["康复师", "治疗师", "康复治疗"], "therapist"),
    **dict.fromkeys(["护理员", "健康管理师", "社区健康员", "公卫人员", "健康员", "网格员"], "health_worker"),
}


def clean_staff(
    rows: Iterable[Row], columns: Sequence[str | None], *, today: date, stations: Mapping[str, UUID]
) -> Cleaned[StaffRow]:
    """Return what the list says of each member of staff, and the rows that cannot be taken."""
    cleaned = clean_rows(rows, columns, partial(staff_row, today=today, stations=stations))
    return without_twins(cleaned, who, lambda row: row.row, lambda row: row.name)


def who(row: StaffRow) -> object:
    return row.number or (row.name, row.phone)


def staff_row(cells: Cells, *, today: date, stations: Mapping[str, UUID]) -> StaffRow | None:
    name = cells.clean("name", name_of)
    title = text_of(cells.first("title")) or None
    kind = cells.clean("kind", kind_of)
    kind = kind or (str(kind_of_title(title)) if title and kind_of_title(title) else None)
    sex = cells.clean("sex", sex_of)
    phones = cells.clean("phone", phones_of) or []
    started_on = started_on_of(cells)
    years = cells.clean("years", years_of)
    travel = cells.clean("travel", travel_of)
    pattern = cells.clean("pattern", pattern_of)
    station_id = station_of(cells, stations)
    papers = list(papers_of(cells, kind=kind, today=today))
    if cells.reasons or name is None:
        return None
    row = StaffRow(
        name=name,
        number=cells.text("number")[:40],
        kind=kind,
        title=title,
        sex=sex,
        phone=phones[0].number.replace("-", "") if phones else None,
        started_on=started_on,
        years=years,
        station_id=station_id,
        travel_mode=travel,
        papers=tuple(papers),
        pattern=pattern,
        row=cells.number,
    )
    check_kind_and_title(cells, row)
    return None if cells.reasons else row


def check_kind_and_title(cells: Cells, row: StaffRow) -> None:
    if row.title and row.kind is None:
        words = _("“{said}”这个职称不认得，也没写岗位。请在“岗位”里写护士、医生、康复治疗师或健康管理员。")
        cells.wrong("title", words, said=row.title[:20])
        return
    if row.kind is None:
        return
    try:
        check_staff(
            name=row.name,
            kind=row.kind,
            title=row.title or "",
            sex=row.sex or "unknown",
            travel_mode=row.travel_mode or "ebike",
            phone=row.phone or "",
        )
    except Invalid as refusal:
        for field, words in refusal.fields.items():
            cells.wrong(field, words.replace("{", "{{").replace("}", "}}"))


def kind_of(cell: Cell) -> str | None:
    """:raises Unclean: if we know no such post"""
    said = text_of(cell)
    if is_blank(said):
        return None
    if said in KINDS:
        return KINDS[said]
    title = kind_of_title(said)
    if title is not None:
        return title.value
    words = _("“{said}”这个岗位不认得。请写护士、医生、康复治疗师或健康管理员。")
    raise Unclean("kind.unknown", words, said=said[:20])


def started_on_of(cells: Cells) -> date | None:
    """Since when somebody has worked is usually known to the month: it counts from the first, and that is said."""
    month = cells.clean("started_on", month_of)
    if month is None:
        return None if cells.has_wrong("started_on") else cells.clean("started_on", date_of)
    cells.assume("started_on", _("只写到月，当作 {day}。"), day=month.isoformat())
    return month


def travel_of(cell: Cell) -> str | None:
    """:raises Unclean: if we know no such way to travel"""
    said = text_of(cell)
    if is_blank(said):
        return None
    if said in TRAVELS:
        return TRAVELS[said]
    raise Unclean(
        "travel.unknown", _("“{said}”看不懂。请写步行、自行车、电动车、公交或开车。"), said=said[:20]
    )


def years_of(cell: Cell) -> int | None:
    """:raises Unclean: if it is no number of years"""
    said = narrow(cell).removesuffix("以上").removesuffix("年").strip()
    if is_blank(said):
        return None
    found = number_of(said)
    if found is None or not 0 <= found <= 70:
        raise Unclean("years.odd", _("“{said}”不像工作年限。请只写几年，比如 8。"), said=said[:20])
    return int(found)


def station_of(cells: Cells, stations: Mapping[str, UUID]) -> UUID | None:
    said = cells.text("station")
    if is_blank(said):
        return None
    if said not in stations:
        words = _("没有叫“{said}”的站点。请写得和系统里一样，或者先把站点建好。")
        cells.wrong("station", words, said=said[:40])
    return stations.get(said)


def papers_of(cells: Cells, *, kind: str | None, today: date) -> Iterator[PaperRow]:
    number = cells.text("licence")
    until = cells.clean("licence_until", date_of)
    code = licence_of(kind) if kind else ""
    if not is_blank(number) and not code:
        cells.wrong("licence", _("写了执业证号，但看不出是护士还是医生的。请写上岗位或职称。"))
    elif code and (until or not is_blank(number)):
        yield PaperRow(
            code=code,
            number="" if is_blank(number) else number,
            valid_until=until,
            has_no_end=is_for_ever(cells.first("licence_until")),
        )
    for said in BETWEEN.split(cells.text("certificates")):
        if is_blank(said):
            continue
        name, last_day = certificate_in(said.strip())
        found = paper_named(name, kind=kind)
        if found is None:
            words = _("“{said}”这种证书不认得。请写 PICC、伤口造口、老年专科这样的名字。")
            cells.wrong("certificates", words, said=said[:30])
            continue
        yield PaperRow(
            code=found,
            valid_until=cells.checked("certificates", partial(date_of, last_day)),
            has_no_end=is_for_ever(last_day),
        )


def certificate_in(said: str) -> tuple[str, str]:
    """Return the name and, where it stands in brackets, the last day: "PICC（2027.6.30）"."""
    found = re.fullmatch(
        r"(.*?)[(（]\s*(?:至|到|有效期至?)?\s*(\d{4}.*?|长期(?:有效)?|永久(?:有效)?)[)）]", said
    )
    return (found[1].strip(), found[2]) if found else (said, "")


WEEKDAYS: Final[Mapping[str, int]] = dict(zip("一二三四五六日", range(7), strict=True)) | {"天": 6}
DAYS: Final = re.compile(
    r"(?P<every>每天|每日|天天)|(?P<work>工作日)|(?P<weekend>周末|双休日)"
    r"|(?:周|星期|礼拜)?(?P<first>[一二三四五六日天])(?:至|到|-|~)(?:周|星期|礼拜)?(?P<last>[一二三四五六日天])"
    r"|(?:周|星期|礼拜)?(?P<some>[一二三四五六日天](?:[、,和及 ]*(?:周|星期|礼拜)?[一二三四五六日天])*)"
)
ENGLISH_DAYS: Final = dict(
    zip(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "一二三四五六日", strict=True)
)
ENGLISH_DAY: Final = re.compile(rf"\b({'|'.join(ENGLISH_DAYS)})[a-z]*", re.IGNORECASE)
HOURS: Final = re.compile(
    r"(\d{1,2})(?:[:点](\d{2})?)?(?:分)?(?:-|~|至|到)(\d{1,2})(?:[:点](\d{2})?)?(?:分)?"
)


def pattern_of(cell: Cell) -> tuple[PatternPart, ...] | None:
    """
    Return the usual week: "周一至周五 8:00-17:00；周六 8-12".

    :raises Unclean: if we do not understand it, or it has her in two places at once
    """
    said = narrow(cell)
    if is_blank(said):
        return None
    in_chinese = ENGLISH_DAY.sub(lambda day: f"周{ENGLISH_DAYS[day[1].casefold()]}", said)
    parts: list[PatternPart] = []
    for line in re.split(r"[;；\n]+", in_chinese):
        parts.extend(parts_in(line.strip(), said=said))
    if not parts:
        raise odd_pattern(said)
    try:
        check_pattern(parts)
    except PatternInvalid:
        words = _("排班“{said}”里有两段叠在一起了。请改成不重叠的。")
        raise Unclean("pattern.overlaps", words, said=said[:40]) from None
    return tuple(sorted(parts, key=lambda part: (part.weekday, part.starts)))


def parts_in(line: str, *, said: str) -> Iterator[PatternPart]:
    """:raises Unclean: if we do not understand it"""
    if not line:
        return
    days = DAYS.match(line)
    hours = list(HOURS.finditer(line[days.end() :])) if days else []
    if days is None or not hours:
        raise odd_pattern(said)
    for weekday in weekdays_in(days):
        for span in hours:
            yield PatternPart(
                weekday=weekday,
                starts=clock(span[1], span[2], said=said),
                ends=clock(span[3], span[4], said=said),
            )


def weekdays_in(days: re.Match[str]) -> list[int]:
    if days["every"]:
        return list(range(7))
    if days["work"]:
        return list(range(5))
    if days["weekend"]:
        return [5, 6]
    if days["first"]:
        first, last = WEEKDAYS[days["first"]], WEEKDAYS[days["last"]]
        return list(range(first, last + 1)) if first <= last else [*range(first, 7), *range(last + 1)]
    return sorted({WEEKDAYS[char] for char in days["some"] if char in WEEKDAYS})


def clock(hours: str, minutes: str | None, *, said: str) -> time:
    """:raises Unclean: if there is no such time of day"""
    try:
        return time(int(hours) % 24 if int(hours) <= 24 else 99, int(minutes or 0))
    except ValueError:
        raise odd_pattern(said) from None


def odd_pattern(said: str) -> Unclean:
    words = _("排班“{said}”看不懂。请写成：周一至周五 8:00-17:00；周六 8:00-12:00。")
    return Unclean("pattern.odd", words, said=said[:40])
