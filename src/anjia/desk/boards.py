"""How the live board looks: colours and icons for states, rows and dots on the map. Pure, no questions asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anjia.dispatch.queries import DeliveryShown, Expected, SilentRoads, Teller
from anjia.kernel.calendar import local
from anjia.visits.queries import Board, BoardRow
from anjia.visits.queries.overview import Cell
from anjia.visits.rules.lifecycle import BoardState

S = BoardState


@dataclass(frozen=True, slots=True)
class Look:
    tone: str  # ok move info warn bad idle
    icon: str
    dot: str  # wait move done bad
    bar: str  # a style of the timeline


LOOKS: Final[Mapping[BoardState, Look]] = {
    S.UNASSIGNED: Look("bad", "user-x", "bad", "bad"),
    S.LATE: Look("warn", "alert-triangle", "bad", "late"),
    S.TENTATIVE: Look("idle", "hourglass", "wait", "new"),
    S.ACCEPTED: Look("info", "calendar", "wait", ""),
    S.DEPARTED: Look("move", "navigation", "move", "move"),
    S.ARRIVED: Look("move", "player-play", "move", "move"),
    S.DONE: Look("ok", "check", "done", "done"),
    S.MISSED: Look("bad", "alert-circle", "bad", "bad"),
    S.CANCELLED: Look("idle", "x", "done", "off"),
}
# Worst first: a pile on the map looks like the worst of what is in it.
WORST_FIRST: Final = (
    S.UNASSIGNED,
    S.MISSED,
    S.LATE,
    S.TENTATIVE,
    S.ACCEPTED,
    S.DEPARTED,
    S.ARRIVED,
    S.DONE,
    S.CANCELLED,
)
TALLIES: Final = (
    (S.DONE, gettext_lazy("完成"), "", ""),
    (S.ARRIVED, gettext_lazy("服务中"), "", ""),
    (S.DEPARTED, gettext_lazy("在路上"), "", ""),
    (S.ACCEPTED, gettext_lazy("已接单"), "", ""),
    (S.TENTATIVE, gettext_lazy("等接单"), "", ""),
    (S.LATE, gettext_lazy("晚了"), "warn", "alert-triangle"),
    (S.UNASSIGNED, gettext_lazy("没有人接"), "bad", "alert-circle"),
    (S.MISSED, gettext_lazy("没上门"), "bad", "alert-circle"),
    (S.CANCELLED, gettext_lazy("已取消"), "", ""),
)
# States of no visit: what will be late if nothing changes, and of whose new time nobody at home has heard.
AT_RISK: Final = "at_risk"
NOT_TOLD: Final = "not_told"
TO_SEE_TO: Final = (S.UNASSIGNED, S.LATE, S.MISSED)  # stand on top of the list
STILL_AHEAD: Final = {S.UNASSIGNED, S.TENTATIVE, S.ACCEPTED, S.LATE}  # somebody else may be sent
ALWAYS: Final = {S.DONE, S.ARRIVED, S.DEPARTED}  # shown even when there are none


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    state: str
    label: str
    count: int
    style: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Untold:
    """Nobody at home has heard of the new time, since when, and whose it is to tell them."""

    since: datetime
    teller: Teller


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A row of the list."""

    id: UUID
    resident: str
    service: str
    starts_at: datetime
    ends_at: datetime
    state: str
    words: str
    tone: str
    icon: str
    caregivers: str
    why: str
    expected: str = ""
    is_at_risk: bool = False
    has_set_out: bool = False  # then nobody else is sent: all that is left is to say it
    not_told: str = ""
    teller: Teller | None = None  # whose it is to tell them
    is_without_who: bool = False  # whoever was promised cannot come, and nothing is settled yet
    specimen: str = ""  # that what is taken there comes too late to the laboratory
    exceptions: Sequence[Any] = ()  # anjia.exceptions.shapes.OfVisit

    @property
    def needs_hand(self) -> bool:
        """Say whether somebody has to see to it: it stands on top of the list."""
        is_red = self.is_at_risk or self.not_told or self.specimen or self.is_without_who
        return bool(is_red) or self.state in {state.value for state in TO_SEE_TO}

    @property
    def can_be_repaired(self) -> bool:
        """Say whether somebody else may be looked for: what will be late says so by itself."""
        is_wrong = self.state in {S.UNASSIGNED.value, S.LATE.value}
        return is_wrong and not (self.is_at_risk or self.specimen or self.has_set_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the board's templates show."""

    day: date
    is_today: bool
    tallies: Sequence[Tally]
    state: str
    title: str
    rows: Sequence[Shown]
    next: str | None
    first: Sequence[Shown] = ()  # of the whole day: what waits for a hand
    who: str = ""
    cell: str = ""
    to_check: int = 0  # conflicts that wait for a person
    without_place: int = 0  # of series: for somebody to find a time
    exceptions: int = 0  # that are open, and how many of them are overdue
    exceptions_late: int = 0
    silent_roads: Sequence[SilentRoads] = ()  # servers that do not answer: new ways go by the straight line

    @property
    def day_before(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def day_after(self) -> date:
        return self.day + timedelta(days=1)


def tallies_of(board: Board, at_risk: int = 0, not_told: int = 0) -> list[Tally]:
    all_of_them = Tally(state="", label=_("应做"), count=board.total - board.counts[S.CANCELLED])
    rest = [
        Tally(state=state.value, label=str(label), count=board.counts[state], style=style, icon=icon)
        for state, label, style, icon in TALLIES
        if board.counts[state] or state in ALWAYS
    ]
    red = [
        Tally(state=AT_RISK, label=_("可能晚到"), count=at_risk, style="bad", icon="clock"),
        Tally(state=NOT_TOLD, label=_("改了没告诉到"), count=not_told, style="bad", icon="message"),
    ]
    return [all_of_them, *(one for one in red if one.count), *rest]


def shown(
    row: BoardRow,
    exceptions: Sequence[Any] = (),
    expected: Expected | None = None,
    untold: Untold | None = None,
    delivery: DeliveryShown | None = None,
    is_without_who: bool = False,
) -> Shown:
    look = LOOKS[row.state]
    return Shown(
        id=row.id,
        resident=row.resident_name,
        service=row.service_name,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        state=row.state.value,
        words=row.state_words,
        tone=look.tone,
        icon=look.icon,
        caregivers=_("、").join(row.caregivers),
        why=why_it_stands_out(row),
        expected=when_expected(expected) if expected else "",
        is_at_risk=expected is not None and expected.is_at_risk,
        has_set_out=expected is not None and (expected.has_departed or expected.has_arrived),
        not_told=_("{time} 改了时间，家里还没有人知道。").format(time=f"{local(untold.since):%H:%M}")
        if untold
        else "",
        teller=untold.teller if untold else None,
        is_without_who=is_without_who,
        specimen=_("标本 {time} 才送到检验科，晚{late}。").format(
            time=f"{local(delivery.handed_over_at):%H:%M}", late=minutes_in_words(delivery.minutes_late)
        )
        if delivery
        else "",
        exceptions=exceptions,
    )


def why_it_stands_out(row: BoardRow) -> str:
    if row.state is S.LATE:
        late = minutes_in_words(row.minutes_late)
        return _("过了约好的时间{late}，还没有到。打个电话问问。").format(late=late)
    if row.state is S.UNASSIGNED:
        return _("没有人接：合适的都问过了，或没有合适的人可问。请换人或换时间。")
    if row.state is S.MISSED:
        return _("到时间没有人上门。先打电话给家里，再重新约。")
    return ""


def when_expected(expected: Expected) -> str:
    """Say when somebody will be at the door, where that is news: she is on her way, or will be late."""
    if expected.has_arrived or not (expected.has_departed or expected.is_at_risk):
        return ""
    clock = f"{local(expected.arrives_at):%H:%M}"
    if expected.minutes_late == 0:
        return _("预计 {time} 到。").format(time=clock)
    late = minutes_in_words(expected.minutes_late)
    return _("照现在看 {time} 到，比约好的晚{late}。").format(time=clock, late=late)


def minutes_in_words(minutes: int) -> str:
    if minutes < 60:
        return _(" {minutes} 分钟").format(minutes=minutes)
    return _(" {hours} 小时 {minutes} 分").format(hours=minutes // 60, minutes=minutes % 60)


def title_of(state: str, who: str, cell: str, *, is_today: bool) -> str:
    words = {one.value: str(label) for one, label, _style, _icon in TALLIES}
    words |= {AT_RISK: _("可能晚到"), NOT_TOLD: _("改了没告诉到")}
    if who:
        return _("找“{who}”").format(who=who)
    if cell:
        return _("这一片的上门")
    return words.get(state, _("今天的单子") if is_today else _("这一天的单子"))


# The map


def map_of(cells: Iterable[Cell], *, day: date) -> list[dict[str, Any]]:
    """Return what the map draws: a few dots in each cell, or one pile with a number."""
    board = reverse("desk:board")
    found = []
    for cell in cells:
        count = sum(cell.counts.values())
        worst = next(state for state in WORST_FIRST if cell.counts.get(state))
        words = ngettext("这一片 {count} 单", "这一片 {count} 单", count).format(count=count)
        found.append(
            {
                "latitude": round(cell.latitude, 6),
                "longitude": round(cell.longitude, 6),
                "count": count,
                "look": LOOKS[worst].dot,
                "words": words,
                "url": f"{board}?day={day:%Y-%m-%d}&cell={cell.cell}",
                "points": [
                    {
                        "look": LOOKS[state].dot,
                        "words": words_of_state(state),
                        "url": reverse("desk:visit", kwargs={"visit_id": visit_id}),
                    }
                    for visit_id, state in cell.visits
                ],
            }
        )
    return found


def words_of_state(state: BoardState) -> str:
    return next(str(label) for one, label, _style, _icon in TALLIES if one is state)
