"""How the live board looks: colours and icons for states, bars in percent of a day. Pure, no questions asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from anjia.dispatch.queries import DeliveryShown, Expected
from anjia.kernel.calendar import local
from anjia.visits.queries import Board, BoardRow
from anjia.visits.queries import Row as TimelineRow
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
STILL_AHEAD: Final = {S.UNASSIGNED, S.TENTATIVE, S.ACCEPTED, S.LATE}  # somebody else may be sent
ALWAYS: Final = {S.DONE, S.ARRIVED, S.DEPARTED}  # shown even when there are none


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    state: str
    label: str
    count: int
    style: str = ""
    icon: str = ""


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
    exceptions: Sequence[Any] = ()  # anjia.exceptions.shapes.OfVisit

    @property
    def can_be_repaired(self) -> bool:
        """Say whether somebody else may be looked for: what will be late says so by itself."""
        is_wrong = self.state in {S.UNASSIGNED.value, S.LATE.value}
        return is_wrong and not self.is_at_risk and not self.has_set_out


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
    who: str = ""
    cell: str = ""
    to_check: int = 0  # conflicts that wait for a person
    without_place: int = 0  # of series: for somebody to find a time
    exceptions: int = 0  # that are open, and how many of them are overdue
    exceptions_late: int = 0

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
    not_told_since: datetime | None = None,
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
        not_told=_("{time} 改了时间，家里还没有人知道。").format(time=f"{local(not_told_since):%H:%M}")
        if not_told_since
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


def title_of(state: str, who: str, cell: str) -> str:
    words = {one.value: str(label) for one, label, _style, _icon in TALLIES}
    words |= {AT_RISK: _("可能晚到"), NOT_TOLD: _("改了没告诉到")}
    if who:
        return _("找“{who}”").format(who=who)
    if cell:
        return _("这一片的上门")
    return words.get(state, _("今天的单子"))


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


# The timelines


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    left: float
    width: float
    name: str = ""
    words: str = ""
    icon: str = ""
    style: str = ""
    title: str = ""
    url: str = ""
    drag: str = ""  # the visit's id, where somebody else may still be sent
    at: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    name: str
    initial: str
    says: str
    shifts: Sequence[Bar]
    bars: Sequence[Bar]
    staff_id: UUID
    deliveries: Sequence[Bar] = ()  # to the laboratory
    real: Sequence[Bar] = ()  # how it went, and is expected to go on, below what was planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    left: float
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gantt:
    hours: Sequence[Hour]
    lines: Sequence[Line]
    now_left: float | None
    now_label: str
    first: int
    last: int
    next: str | None = None


NONE: Final[Mapping[UUID, Sequence[DeliveryShown]]] = {}
ROOM_FOR_WORDS: Final = 9.0  # percent of the line
FIRST_HOUR: Final = 7
LAST_HOUR: Final = 19


def gantt_of(
    rows: Sequence[TimelineRow],
    *,
    day: date,
    now: datetime,
    expected: Mapping[UUID, Expected],
    deliveries: Mapping[UUID, Sequence[DeliveryShown]] = NONE,
    following: str | None = None,
) -> Gantt:
    """Draw caregivers' days on one scale of hours that holds all of them."""
    times = [edge for row in rows for one in (*row.shifts,) for edge in one]
    times += [edge for row in rows for bar in row.bars for edge in (bar.starts_at, bar.ends_at)]
    clocks = [local(moment) for moment in times if local(moment).date() == day]
    first = min([FIRST_HOUR, *(clock.hour for clock in clocks)])
    last = max([LAST_HOUR, *(min(24, clock.hour + (clock.minute > 0)) for clock in clocks)])
    scale = Scale(day, first, last)
    step = 1 if last - first <= 14 else 2
    return Gantt(
        hours=[Hour(left=scale.of_hour(hour), label=f"{hour}:00") for hour in range(first, last + 1, step)],
        lines=[line_of(row, scale, expected, deliveries.get(row.staff_id, ())) for row in rows],
        now_left=scale.left(now) if scale.shows(now) else None,
        now_label=f"{local(now):%H:%M}",
        first=first,
        last=last,
        next=following,
    )


@dataclass(frozen=True, slots=True)
class Scale:
    day: date
    first: int
    last: int

    def of_hour(self, hour: float) -> float:
        return round(min(100.0, max(0.0, (hour - self.first) / (self.last - self.first) * 100)), 2)

    def left(self, moment: datetime) -> float:
        here = local(moment)
        days = (here.date() - self.day) / timedelta(days=1)
        return self.of_hour(days * 24 + here.hour + here.minute / 60)

    def shows(self, moment: datetime) -> bool:
        here = local(moment)
        return here.date() == self.day and self.first <= here.hour < self.last

    def bar(self, start: datetime, end: datetime, **says: str) -> Bar:
        left = self.left(start)
        return Bar(left=left, width=round(self.left(end) - left, 2), **says)


def line_of(
    row: TimelineRow,
    scale: Scale,
    expected: Mapping[UUID, Expected],
    deliveries: Sequence[DeliveryShown] = (),
) -> Line:
    stops = len({bar.visit_id for bar in row.bars if bar.state is not S.CANCELLED})
    count = ngettext("{count} 单", "{count} 单", stops).format(count=stops) if stops else _("今天没有单")
    visits = [bar_of(bar, scale) for bar in row.bars]
    away = [scale.bar(start, end, name=_("请假"), title=_("请假")) for start, end in row.leave]
    return Line(
        name=row.name,
        initial=row.name[:1],
        says=" · ".join(part for part in (row.title, count) if part),
        shifts=[scale.bar(start, end) for start, end in row.shifts],
        bars=[*away, *visits],
        staff_id=row.staff_id,
        real=[real_of(one, scale) for bar in row.bars if (one := expected.get(bar.visit_id))],
        deliveries=[delivery_of(one, scale, row) for one in deliveries],
    )


def delivery_of(one: DeliveryShown, scale: Scale, row: TimelineRow) -> Bar:
    """Draw a way to the laboratory; its words only where there is room for them before her next home."""
    handed_over, is_late = f"{local(one.handed_over_at):%H:%M}", bool(one.minutes_late or one.is_overdue)
    done = scale.left(one.handed_over_at)
    following = [scale.left(bar.starts_at) for bar in row.bars if bar.starts_at >= one.leaves_at]
    has_room = min([*following, 100.0]) - done >= ROOM_FOR_WORDS
    words = _("送到 {time}") if one.delivered_at else _("没有送到") if one.is_overdue else _("送检 {time}")
    return scale.bar(
        one.leaves_at,
        one.handed_over_at,
        words=words.format(time=handed_over) if has_room else "",
        icon="alert-triangle" if is_late else "check" if one.delivered_at else "droplet",
        style="bad" if is_late else "",
        title=title_of_delivery(one, handed_over),
    )


def title_of_delivery(one: DeliveryShown, handed_over: str) -> str:
    """Say what is brought, until when, and when it was or will be handed over; by how much it is late."""
    count, due = len(one.visit_ids), f"{local(one.due_at):%H:%M}"
    if one.is_overdue:
        return ngettext(
            "送检：{count} 家的标本，{due} 前要到，还没有说送到",
            "送检：{count} 家的标本，{due} 前要到，还没有说送到",
            count,
        ).format(count=count, due=due)
    if one.delivered_at:
        title = ngettext(
            "送检：{count} 家的标本，{time} 送到了，{due} 前要到",
            "送检：{count} 家的标本，{time} 送到了，{due} 前要到",
            count,
        ).format(count=count, time=handed_over, due=due)
        late = _("{title}，晚了{late}")
    else:
        title = ngettext(
            "送检：{count} 家的标本，{time} 交完，{due} 前要到",
            "送检：{count} 家的标本，{time} 交完，{due} 前要到",
            count,
        ).format(count=count, time=handed_over, due=due)
        late = _("{title}，要晚{late}")
    return late.format(title=title, late=minutes_in_words(one.minutes_late)) if one.minutes_late else title


def real_of(expected: Expected, scale: Scale) -> Bar:
    """Draw when she was there, or will be as things stand."""
    times = f"{local(expected.arrives_at):%H:%M}–{local(expected.ends_at):%H:%M}"
    words = _("实际 {times}") if expected.has_arrived else _("预计 {times}")
    style = "" if expected.has_arrived else "risk" if expected.is_at_risk else "to-come"
    return scale.bar(expected.arrives_at, expected.ends_at, style=style, title=words.format(times=times))


def bar_of(bar: Any, scale: Scale) -> Bar:
    look = LOOKS[bar.state]
    times = f"{local(bar.starts_at):%H:%M}–{local(bar.ends_at):%H:%M}"
    return scale.bar(
        bar.starts_at,
        bar.ends_at,
        name=bar.resident_name,
        words=bar.state_words if look.bar in {"late", "bad", "new"} else bar.service_name,
        icon=look.icon,
        style=look.bar,
        title=f"{times} {bar.resident_name} {bar.service_name} {bar.state_words}",
        url=reverse("desk:visit", kwargs={"visit_id": bar.visit_id}),
        drag=str(bar.visit_id) if bar.state in STILL_AHEAD else "",
        at=f"{local(bar.starts_at):%H:%M}",
    )
