"""Who works here, how she travels, and the sheet that says it all to those who plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.clinical.professions import PROFESSIONS, RANKED, StaffKind
from anjia.kernel.errors import DomainError, Invalid, NotAllowed, Words
from anjia.workforce.rules.breaks import Break
from anjia.workforce.rules.rota import left_of

LONGEST_TITLE: Final = 20


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class TravelMode(StrEnum):
    WALK = "walk"
    BICYCLE = "bicycle"
    EBIKE = "ebike"
    BUS = "bus"
    CAR = "car"


# Door to door in a city, parking and stairs included. Source: our own default [ENG]; an institution measures its own.
SPEED_KMH: Final[Mapping[TravelMode, float]] = {
    TravelMode.WALK: 4.5,
    TravelMode.BICYCLE: 12.0,
    TravelMode.EBIKE: 18.0,
    TravelMode.BUS: 14.0,
    TravelMode.CAR: 22.0,
}
WORDS_OF_TRAVEL: Final[Mapping[TravelMode, Words]] = {
    TravelMode.WALK: _("步行"),
    TravelMode.BICYCLE: _("自行车"),
    TravelMode.EBIKE: _("电动车"),
    TravelMode.BUS: _("公交"),
    TravelMode.CAR: _("开车"),
}
WORDS_OF_SEX: Final[Mapping[Sex, Words]] = {
    Sex.FEMALE: _("女"),
    Sex.MALE: _("男"),
    Sex.UNKNOWN: _("没登记"),
}


class StaffInvalid(Invalid):
    code = "workforce.staff_invalid"
    words = _("人员信息有几处填得不对，改好再保存。")


class OwnPaper(NotAllowed):
    code = "workforce.own_paper"
    words = _("自己的证书要由别人核对原件。请另一位管理员来核。")


class SameReader(NotAllowed):
    code = "workforce.same_reader"
    words = _("这张证是您登记的，要由另一位同事对着扫描件再核一遍。")


class ScanChanged(DomainError):
    code = "workforce.scan_changed"
    words = _("这期间换了一份扫描件，请再对着看一遍。")


class ScanMissing(Invalid):
    code = "workforce.scan_missing"
    words = _("还没有这张证的扫描件或照片。先传上来，再请另一位同事核对。")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaregiverSheet:
    """
    What those who plan need to know of somebody in a stretch of time.

    `qualifications` are the verified papers with the last day of each, None being for ever; `unverified` are those
    that nobody has checked. `shifts` and `leave` reach into the stretch; `cells` None is everywhere. `bookable` are her
    shifts without those in which she is on standby: she works in these too, and nothing is booked into them.
    """

    id: UUID
    name: str
    sex: str
    kind: str
    title: str
    title_words: str  # in the reader's language
    started_on: date | None
    station_id: UUID | None
    qualifications: Mapping[str, date | None]
    unverified: frozenset[str]
    shifts: tuple[tuple[datetime, datetime], ...]
    bookable: tuple[tuple[datetime, datetime], ...]
    leave: tuple[tuple[datetime, datetime], ...]
    base: tuple[float, float] | None  # latitude, longitude
    speed_kmh: float
    travel_mode: str
    cells: frozenset[str] | None
    breaks: tuple[Break, ...] = ()  # that she has within a shift which covers them

    @property
    def standby(self) -> list[tuple[datetime, datetime]]:
        """From when to when she is on standby."""
        return [part for shift in self.shifts for part in left_of(shift, self.bookable)]


def check_staff(*, name: str, kind: str, title: str, sex: str, travel_mode: str, phone: str) -> None:
    """:raises StaffInvalid: naming every field that is wrong"""
    wrong: dict[str, Words] = {}
    if not name.strip():
        wrong["name"] = _("请填姓名。")
    if kind not in set(StaffKind):
        wrong["kind"] = _("请选岗位：护士、医生、康复治疗师或健康管理员。")
    elif words := wrong_with_title(StaffKind(kind), title):
        wrong["title"] = words
    if sex not in set(Sex):
        wrong["sex"] = _("请选女、男，或没登记。")
    if travel_mode not in set(TravelMode):
        wrong["travel_mode"] = _("请选出门的方式。")
    if phone and not 7 <= len(phone) <= 13:
        wrong["phone"] = _("电话号码的位数不对。手机是 11 位。")
    if wrong:
        raise StaffInvalid(fields=wrong)


def wrong_with_title(kind: StaffKind, title: str) -> Words | None:
    if len(title) > LONGEST_TITLE:
        return _("职称最多 20 个字。")
    if kind in RANKED and title and title not in PROFESSIONS[kind].ladder:
        return _("这个岗位没有“{title}”这一级职称。").format(title=title)
    return None


def started_on_of(years: int, today: date, known: date | None) -> date:
    """
    Return the day that a list means by "so many years" of experience: `known` if that is so long ago, else today's.

    So the same list says the same tomorrow.
    """
    if known is not None and full_years(known, today) == years:
        return known
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # the 29th of February
        return today.replace(year=today.year - years, day=28)


def full_years(since: date, on: date) -> int:
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))
