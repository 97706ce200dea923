"""Single cells: what people write into them, and what they mean by it."""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from anjia.spreadsheets.id_number import IdNumber, check_id_number, is_digits
from anjia.spreadsheets.words import Unclean, _

Cell = str | int | float | bool | date | datetime | None

# Full-width forms of ASCII, and the blanks that are not " ".
NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys(
    [0x3000, 0xA0, 0x2002, 0x2003, 0x2007, 0x202F, *range(0x2008, 0x200B)], ord(" ")
)
INVISIBLE: Final = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0xFEFF, 0x2060, 0xAD])
DASHES: Final = dict.fromkeys([0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE63], ord("-"))
UNSEEN: Final = INVISIBLE | {0x3000: 0x20, 0xA0: 0x20}
MARKS: Final = NARROW | INVISIBLE | DASHES
BLANK: Final = frozenset({"", "-", "--", "/", "\\", "无", "没有", "暂无", "不详", "未知", "n/a", "null"})
LONGEST_TEXT: Final = 500


def text_of(cell: Cell) -> str:
    """Return the cell as one line of text, without the blanks and marks that nobody sees."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        cell = int(cell) if math.isfinite(cell) and cell == int(cell) and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        cell = cell.date() if cell.time() == datetime.min.time() else cell
    if isinstance(cell, date):
        return cell.isoformat()
    text = unicodedata.normalize("NFC", str(cell)).translate(UNSEEN)
    if not text.isprintable():
        text = "".join(char for char in text if char.isprintable() or char.isspace())
    return " ".join(text.split())


def narrow(cell: Cell) -> str:
    """Return the cell as text with full-width signs made narrow: for numbers, dates and words we know."""
    text = text_of(cell).translate(MARKS)
    return " ".join(text.split()).removeprefix("'")


def is_blank(cell: Cell) -> bool:
    """Tell whether nothing is said: an empty cell, or a word for "nothing"."""
    return narrow(cell).casefold() in BLANK


def is_for_ever(cell: Cell) -> bool:
    """Tell whether the cell says that there is no end, which an empty one does not."""
    return narrow(cell) in FOR_EVER


def short_text_of(cell: Cell, *, longest: int = LONGEST_TEXT) -> str:
    """:raises Unclean: if the text is longer than anybody would write"""
    text = text_of(cell)
    if len(text) > longest:
        raise Unclean(
            "text.long",
            _("这一格有 {length} 个字，最多 {longest} 个。请改短一些。"),
            length=len(text),
            longest=longest,
        )
    return text


def name_of(cell: Cell) -> str:
    """
    Return a person's name; blanks between two Chinese characters ("王  芳") are for looks only.

    :raises Unclean: if it is no name
    """
    name = text_of(cell).replace("．", "·").replace("•", "·")
    name = re.sub(r"(?<=[\u3400-\u9fff·]) +(?=[\u3400-\u9fff·])", "", name)
    if not name:
        raise Unclean("name.missing", _("没有写姓名。请补上。"))
    if len(name) > 60 or re.search(r"\d", name) or not re.search(r"\w", name):
        raise Unclean("name.odd", _("“{said}”不像一个人的姓名。请改一下。"), said=name[:60])
    return name


FOR_EVER: Final = frozenset({"长期", "长期有效", "永久", "永久有效"})
YES: Final = frozenset({"是", "有", "y", "yes", "true", "1", "√", "✓", "✔", "对", "独居", "☑"})
NO: Final = frozenset(
    {"否", "不是", "没有", "无", "n", "no", "false", "0", "×", "✗", "✘", "x", "不", "非独居", "☐"}
)
SEXES: Final[Mapping[str, Literal["male", "female"]]] = {
    # GB/T 2261.1-2003: 1 male, 2 female.
    **dict.fromkeys(["男", "男性", "男士", "m", "male", "1", "先生"], "male"),
    **dict.fromkeys(["女", "女性", "女士", "f", "female", "2"], "female"),
}


def yes_or_no(cell: Cell) -> bool | None:
    """:raises Unclean: if it says neither"""
    said = narrow(cell).casefold()
    if said in YES:
        return True
    if said in NO:
        return False
    if said in BLANK:
        return None
    raise Unclean("yes_no.unknown", _("“{said}”看不出是“是”还是“否”。请填“是”或“否”。"), said=said[:40])


def sex_of(cell: Cell) -> Literal["male", "female"] | None:
    """:raises Unclean: if it says neither"""
    said = narrow(cell).casefold()
    if said in BLANK or said in {"未说明", "0", "9"}:
        return None
    if said in SEXES:
        return SEXES[said]
    raise Unclean("sex.unknown", _("“{said}”看不出是男是女。请填“男”或“女”，不知道就留空。"), said=said[:40])


FIRST_SERIAL: Final = date(1899, 12, 30)  # day 0 of a spreadsheet's calendar, from 1 March 1900 on
SERIALS: Final = range(61, 80_000)  # up to the year 2119
YEARS: Final = range(1900, 2101)
WRITTEN_DATES: Final = (
    re.compile(
        r"(\d{4})[.\-/年、 ]+(\d{1,2})[.\-/月、 ]+(\d{1,2}) ?(?:日|号)?(?:[ T]+\d{1,2}:\d{2}[:\d.]*)?"
    ),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
)
YEAR_AND_MONTH: Final = re.compile(r"(\d{4})(?:[.\-/年]\s*(\d{1,2})月?|年)?")


def date_of(cell: Cell) -> date | None:
    """
    Return the day: a date cell, 1945.3.2, 1945年3月2日, 19450302, or a spreadsheet's count of days.

    :raises Unclean: if it is no day, or only a year or a month
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    said = narrow(cell)
    if said.casefold() in BLANK or said in FOR_EVER:
        return None
    if is_serial(cell, said):
        return FIRST_SERIAL + timedelta(days=int(said))
    for form in WRITTEN_DATES:
        if found := form.fullmatch(said):
            return real_date(*map(int, found.groups()), said=said)
    if YEAR_AND_MONTH.fullmatch(said):
        raise Unclean("date.incomplete", _("“{said}”缺了日子。请写成 1945-03-02 这样。"), said=said)
    raise Unclean("date.unknown", _("“{said}”看不出是哪一天。请写成 1945-03-02 这样。"), said=said[:40])


def month_of(cell: Cell) -> date | None:
    """
    Return the first of the month that the cell names without a day: 2010.7, 2010年7月. None if it says anything else.

    :raises Unclean: if there is no such month, or a number cell may have lost a nought: 2010.1 may be October
    """
    found = None if isinstance(cell, date) else YEAR_AND_MONTH.fullmatch(said := narrow(cell))
    if not found or not found[2]:
        return None
    if isinstance(cell, float) and found[2] == "1":
        raise Unclean(
            "date.month_unclear", _("“{said}”是 1 月还是 10 月？请写成 2010年1月 或 2010年10月。"), said=said
        )
    return real_date(int(found[1]), int(found[2]), 1, said=said)


def is_serial(cell: Cell, said: str) -> bool:
    """A count of days: five digits, or a number cell of four that is no year that somebody may mean."""
    if not is_digits(said) or int(said) not in SERIALS:
        return False
    return len(said) == 5 or (not isinstance(cell, str) and int(said) not in YEARS)


def real_date(year: int, month: int, day: int, *, said: str) -> date:
    """:raises Unclean: if there is no such day"""
    try:
        found = date(year, month, day)
    except ValueError:
        found = None
    if found is None or not 1800 <= year <= 2200:
        raise Unclean("date.unreal", _("没有“{said}”这一天。请核对年、月、日。"), said=said[:40])
    return found


BETWEEN_PHONES: Final = re.compile(r"[/\\、,;|\n\r]|(?:\s+或\s*)|或|和|及|&")
IN_BRACKETS: Final = re.compile(r"[(\[（【](.*?)[)\]）】]")
MOBILE: Final = re.compile(r"1[3-9]\d{9}")
FIXED: Final = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))?-?([2-9]\d{6,7})(?:(?:-|转|ext\.?)(\d{1,6}))?")
SERVICE_NUMBER: Final = re.compile(r"[48]00-?\d{3}-?\d{4}|9\d{4,5}|12\d{3}")


@dataclass(frozen=True, slots=True)
class WrittenPhone:
    """A number, and what stood beside it: "儿子", "家里"."""

    number: str
    label: str = ""


def phones_of(cell: Cell) -> list[WrittenPhone]:
    """
    Return the numbers of the cell in their order, each once.

    :raises Unclean: if something in it is no telephone number
    """
    if is_blank(cell):
        return []
    if isinstance(cell, float | int) and not isinstance(cell, bool) and abs(cell) >= 1e12:
        raise Unclean(
            "phone.rounded",
            _("电话被表格当成了很大的数。请把这一列设成“文本”，几个号码之间用“、”隔开，再填一遍。"),
        )
    written = cell.translate(MARKS) if isinstance(cell, str) else narrow(cell)  # line breaks still cut
    found: dict[str, WrittenPhone] = {}
    for part in split_phones(written):
        phone = phone_in(part)
        if phone and phone.number not in found:
            found[phone.number] = phone
    return list(found.values())


def split_phones(written: str) -> list[str]:
    """Cut at the signs between numbers, and at blanks where both sides are numbers of their own."""
    # What stands in brackets may hold such signs itself: "13900001111(儿子/监护人)".
    whole = IN_BRACKETS.sub(lambda hit: hit.group(0).replace("/", "").replace("、", ""), written)
    parts = BETWEEN_PHONES.split(whole)
    cut: list[str] = []
    for part in parts:
        pieces = part.split()
        if len(pieces) > 1 and all(len(re.sub(r"\D", "", piece)) >= 7 for piece in pieces):
            cut.extend(pieces)
        else:
            cut.append(part)
    return [part.strip() for part in cut if part.strip()]


def phone_in(part: str) -> WrittenPhone | None:
    """:raises Unclean: if there are digits, but they are no telephone number"""
    label = " ".join(IN_BRACKETS.findall(part)).strip()
    rest = IN_BRACKETS.sub("", part)
    if re.search(r"\d", label) and not re.search(r"\d", rest):  # "儿子(13900001111)"
        rest, label = label, rest
    elif re.fullmatch(r"0\d{2,3}", label):  # "(010)62345678"
        rest, label = f"{label}-{rest.strip()}", ""
    words = re.sub(r"[\d\s+().\-转:]|ext", "", rest)
    digits = re.sub(r"[^\d\-+转ext]", "", rest.replace(".", "-")).strip("-")
    if not re.search(r"\d", digits):
        return None
    number = phone_number(digits)
    if number is None:
        raise Unclean(
            "phone.odd",
            _("“{said}”不像电话号码：手机是 11 位，座机要带区号。请核对；几个号码之间用“、”隔开。"),
            said=part[:40],
        )
    return WrittenPhone(number, (label or words).strip(" :：-"))


def phone_number(said: str) -> str | None:
    """Return the number in the form that we keep, "13800001234" or "010-62345678-801"; None if it is none."""
    said = re.sub(r"\s", "", said.translate(MARKS))
    plain = said.replace("-", "")
    plain = re.sub(r"^(?:\+|00)?86(?=1[3-9]\d{9}$)", "", plain)
    if MOBILE.fullmatch(plain):
        return plain
    if SERVICE_NUMBER.fullmatch(said):
        return plain
    said = re.sub(r"^(?:\+|00)86-?(?=[1-9])", "0", said)
    if found := FIXED.fullmatch(said):
        return "-".join(part for part in found.groups() if part)
    return None


def id_number_of(cell: Cell, *, today: date) -> IdNumber | None:
    """
    Return the ID number of the cell, None if there is none.

    A spreadsheet keeps 15 digits of a number. What it has rounded is refused even where the check digit fits
    by chance, as it does for one in eleven: a wrong identity is worse than a question.

    :raises Unclean: in words that say what is wrong and what to do
    """
    if is_blank(cell):
        return None
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        if abs(cell) >= 1e15 or cell != int(cell):
            raise rounded()
        return check_id_number(str(int(cell)), today=today)
    said = bare_id_number(cell)
    if re.fullmatch(r"\d(?:\.\d+)?E\+?\d+", said):
        raise rounded()
    if len(said) == 18 and is_digits(said) and said.endswith("000"):
        raise Unclean(
            "id_number.rounded",
            _(
                "身份证号的末三位变成了 000，是被表格当数字四舍五入了，原来的号码已经丢了。"
                "请把这一列设成“文本”，照着身份证重新填；真是 000 的，请在页面上单独登记。"
            ),
        )
    return check_id_number(said, today=today)


def bare_id_number(cell: Cell) -> str:
    """Return what was written without blanks and dashes, in narrow capitals."""
    return re.sub(r"[\s\-]", "", narrow(cell)).upper()


def rounded() -> Unclean:
    return Unclean(
        "id_number.rounded",
        _(
            "身份证号被表格当成数字四舍五入了（像 1.10105E+17 这样），原来的号码已经丢了。"
            "请把这一列设成“文本”，照着身份证重新填。"
        ),
    )
