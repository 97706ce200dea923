"""
What is in the rail, and where each role begins.

`anjia.web.pages.everywhere` puts into every page's context:
`nav` (`nav_for(actor, path)`), `person` (`.name`), `institution` (`.name`, `.duty_phone`), `is_demo`,
`stand_ins` (names of vendors that are stand-ins here), `lock_url`, `sign_out_url`, `language_url`.
"""

from dataclasses import dataclass, replace
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anjia.kernel.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    label: str | Promise
    icon: str
    name: str  # of the page's URL
    permission: str
    url: str = ""
    active: bool = False
    count: int = 0


ITEMS: Final = (
    NavItem(label=_("今日看板"), icon="layout-board", name="desk:board", permission="board.read"),
    NavItem(label=_("排一天"), icon="route", name="dispatch:plan", permission="dispatch.assign"),
    NavItem(
        label=pgettext_lazy("rail", "异常"),
        icon="alert-triangle",
        name="exceptions:list",
        permission="exceptions.handle",
    ),
    NavItem(label=_("服务台"), icon="headset", name="desk:bookings", permission="desk.bookings"),
    NavItem(
        label=pgettext_lazy("rail", "求助"),
        icon="sos",
        name="emergencies:board",
        permission="emergencies.take",
    ),
    NavItem(label=_("定期上门"), icon="refresh", name="series:house", permission="desk.bookings"),
    NavItem(label=_("我的居民"), icon="stethoscope", name="desk:worklist", permission="desk.worklist"),
    NavItem(label=_("提问与医嘱"), icon="message", name="orders:questions", permission="orders.confirm"),
    NavItem(label=_("护士问医生"), icon="message", name="orders:unanswered", permission="dispatch.assign"),
    NavItem(
        label=_("出院转介"), icon="building-hospital", name="transitions:list", permission="transitions.read"
    ),
    NavItem(label=_("项目和入组"), icon="clipboard-list", name="enrolment:list", permission="enrolment.read"),
    NavItem(label=_("电话清单"), icon="phone-call", name="messaging:call_list", permission="messaging.call"),
    NavItem(
        label=_("回访"), icon="message-circle", name="quality:call_backs", permission="quality.call_back"
    ),
    NavItem(
        label=pgettext_lazy("rail", "投诉与建议"),
        icon="message",
        name="quality:concerns",
        permission="quality.raise",
    ),
    NavItem(
        label=pgettext_lazy("rail", "居民"), icon="users", name="residents:list", permission="residents.read"
    ),
    NavItem(label=_("人员"), icon="nurse", name="workforce:list", permission="workforce.read"),
    NavItem(label=_("排班"), icon="calendar", name="workforce:rota", permission="workforce.read"),
    NavItem(label=_("培训"), icon="certificate", name="learning:courses", permission="learning.read"),
    NavItem(label=_("服务目录"), icon="clipboard-list", name="catalogue:list", permission="catalogue.read"),
    NavItem(
        label=pgettext_lazy("rail", "物资"),
        icon="first-aid-kit",
        name="supplies:stock",
        permission="supplies.read",
    ),
    NavItem(label=_("质量"), icon="chart-line", name="quality:indicators", permission="quality.read"),
    NavItem(
        label=pgettext_lazy("rail", "改进"),
        icon="trending-up",
        name="quality:improvements",
        permission="quality.manage",
    ),
    NavItem(label=_("导入名单"), icon="file-import", name="imports:list", permission="imports.run"),
    NavItem(label=_("用户与角色"), icon="key", name="identity:users", permission="identity.manage"),
    NavItem(label=_("系统"), icon="heartbeat", name="desk:system", permission="identity.manage"),
    NavItem(label=_("审计"), icon="shield-lock", name="desk:audit", permission="audit.read"),
)

# Where the work of a role is: the first page whose permission the actor has. The rarest permission comes first.
HOMES: Final = (
    ("identity.manage", "identity:users"),
    ("transitions.refer", "transitions:list"),
    ("desk.worklist", "desk:worklist"),
    ("dispatch.assign", "desk:board"),
    ("desk.bookings", "desk:bookings"),
    ("quality.read", "quality:indicators"),
    ("visits.record", "client"),
)


def nav_for(actor: Actor, path: str = "") -> list[NavItem]:
    """Return what the actor may open, the page of `path` marked."""
    items = [replace(item, url=url_of(item.name)) for item in ITEMS if actor.may(item.permission)]
    items = [item for item in items if item.url]
    here = max((item.url for item in items if path.startswith(item.url)), key=len, default="")
    return [replace(item, active=item.url == here) for item in items]


def home_of(actor: Actor) -> str:
    """Return where the actor's work is; caregivers have theirs in the client."""
    homes = (url_of(name) for permission, name in HOMES if actor.may(permission))
    rail = (item.url for item in nav_for(actor))
    return next((url for url in (*homes, *rail) if url), "/app/")


def url_of(name: str, **parts: object) -> str:
    """Return the page's address, or nothing while nobody serves it."""
    try:
        return reverse(name, kwargs=parts)
    except NoReverseMatch:
        return ""
