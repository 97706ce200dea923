"""How caregivers' days are drawn: bars in percent of a day, on one scale of hours. Pure, no questions asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from anjia.desk.boards import LOOKS, STILL_AHEAD, minutes_in_words
from anjia.dispatch.queries import BreakShown, DeliveryShown, Expected
from anjia.kernel.calendar import local
from anjia.visits.queries import Row
from anjia.visits.rules.lifecycle import BoardState


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
    breaks: Sequence[Bar] = ()
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
NO_BREAKS: Final[Mapping[UUID, Sequence[BreakShown]]] = {}
ROOM_FOR_WORDS: Final = 9.0  # percent of the line
UNDER_THE_CLOCK: Final = 4.5  # percent to each side: the label of an hour there would be half covered
FIRST_HOUR: Final = 7
LAST_HOUR: Final = 19


def gantt_of(
    rows: Sequence[Row],
    *,
    day: date,
    now: datetime,
    expected: Mapping[UUID, Expected],
    deliveries: Mapping[UUID, Sequence[DeliveryShown]] = NONE,
    breaks: Mapping[UUID, Sequence[BreakShown]] = NO_BREAKS,
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
    now_left = scale.left(now) if scale.shows(now) else None
    return Gantt(
        hours=[
            Hour(left=left, label="" if is_near(left, now_left) else f"{hour}:00")
            for hour in range(first, last + 1, step)
            for left in (scale.of_hour(hour),)
        ],
        lines=[
            line_of(row, scale, expected, deliveries.get(row.staff_id, ()), breaks.get(row.staff_id, ()))
            for row in rows
        ],
        now_left=now_left,
        now_label=f"{local(now):%H:%M}",
        first=first,
        last=last,
        next=following,
    )


def is_near(left: float, now_left: float | None) -> bool:
    return now_left is not None and abs(left - now_left) < UNDER_THE_CLOCK


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
    row: Row,
    scale: Scale,
    expected: Mapping[UUID, Expected],
    deliveries: Sequence[DeliveryShown] = (),
    breaks: Sequence[BreakShown] = (),
) -> Line:
    stops = len({bar.visit_id for bar in row.bars if bar.state is not BoardState.CANCELLED})
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
        breaks=[break_of(one, scale) for one in breaks],
    )


def break_of(one: BreakShown, scale: Scale) -> Bar:
    """Draw when she rests; where there is no room for it, all of the time in which she should."""
    between = f"{local(one.opens_at):%H:%M}–{local(one.closes_at):%H:%M}"
    if one.starts_at is None or one.ends_at is None:
        title = _("{between} 之间没有 {minutes} 分钟可以休息").format(between=between, minutes=one.minutes)
        return scale.bar(one.opens_at, one.closes_at, title=title, style="bad", icon="alert-triangle")
    title = _("休息 {time} 起 {minutes} 分钟（{between} 之间）").format(
        time=f"{local(one.starts_at):%H:%M}", minutes=one.minutes, between=between
    )
    return scale.bar(one.starts_at, one.ends_at, title=title, icon="hourglass")


def delivery_of(one: DeliveryShown, scale: Scale, row: Row) -> Bar:
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
