"""What the console's templates say often: an icon, a status with its icon and word, a time of day."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django import template
from django.templatetags.static import static
from django.urls import resolve
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext, pgettext

from anjia.catalogue.rules.content import tag_in_words
from anjia.desk.console import about_visit, frame_of
from anjia.desk.nav import url_of
from anjia.desk.queries import Frame
from anjia.dispatch.queries import Telling

register = template.Library()

# ui/README "Status": icon and word, colour third.
TONES: Final[dict[str, tuple[str, str]]] = {
    "ok": ("ok", "check"),
    "move": ("move", "navigation"),
    "info": ("info", "calendar"),
    "warn": ("warn", "alert-triangle"),
    "bad": ("bad", "alert-circle"),
    "idle": ("", "clock"),
}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon of the sprite; without a label it is decoration, and a screen reader passes it by."""
    sprite = static("desk/icons.svg")
    if label:
        return format_html(
            '<svg class="i" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, sprite, name
        )
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>', sprite, name)


@register.simple_tag
def status(tone: str, words: object, picture: str = "") -> SafeString:
    """Say a state of things: `{% status "warn" _("可能迟到") %}`. Tones: ok move info warn bad idle."""
    style, usual = TONES[tone]
    return format_html('<span class="st {}">{}{}</span>', style, icon(picture or usual), words)


@register.filter
def evidence(tag: str) -> str:
    """Say how sure we are of a source: V is read, ENG is our own choice."""
    return tag_in_words(tag)


@register.filter
def listed(names: Iterable[object]) -> str:
    """Put names side by side as the language does: 甲、乙; A, B."""
    return gettext("、").join(map(str, names))


@register.filter
def weekday(day: date | datetime) -> str:
    here = localtime(day) if isinstance(day, datetime) else day
    return (
        gettext("周一"), gettext("周二"), gettext("周三"), gettext("周四"), gettext("周五"), gettext("周六"),
        gettext("周日"),
    )[here.weekday()]  # fmt: skip


@register.filter
def short_day(day: date | datetime) -> str:
    """Write a day shortly: 11月24日; Nov 24."""
    here = localtime(day) if isinstance(day, datetime) else day
    return date_format(here, pgettext("Django's date format", "n月j日"))


@register.filter
def short_time(moment: datetime) -> str:
    """Write a moment shortly: 11月24日 09:05; Nov 24, 09:05."""
    return date_format(localtime(moment), pgettext("Django's date format", "n月j日 H:i"))


@register.filter
def in_the_day(moment: datetime) -> str:
    """Write a time as people say it: 上午 9:00; 9:00 a.m."""
    here = localtime(moment)
    hours = (
        (6, gettext("凌晨 {time}")), (12, gettext("上午 {time}")), (13, gettext("中午 {time}")),
        (18, gettext("下午 {time}")), (24, gettext("晚上 {time}")),
    )  # fmt: skip
    said = next(words for until, words in hours if here.hour < until)
    return said.format(time=f"{here.hour % 12 or 12}:{here.minute:02d}")


@register.filter
def yuan(fen: int | None) -> str:
    """Write an amount of fen as yuan: 1850 as 18.50, 1800 as 18. What costs nothing says so."""
    if fen is None:
        return ""
    if not fen:
        return pgettext("money", "免费")
    whole, rest = divmod(fen, 100)
    return pgettext("money", "{amount} 元").format(amount=f"{whole}.{rest:02d}" if rest else whole)


@register.simple_tag(takes_context=True)
def whose_page(context: dict[str, Any]) -> Frame | None:
    """Return the name of whoever is signed in, and her institution's; None on pages of nobody."""
    actor = context.get("actor")
    return frame_of(actor) if actor else None


@register.simple_tag(takes_context=True)
def telling_about(context: dict[str, Any], visit_id: UUID) -> Telling | None:
    """
    Return the visit of whose time a household is told, and whose it is to tell: the page is messaging's, which knows
    no visits. None for who may not read them.
    """
    actor = context.get("actor")
    return about_visit(actor, visit_id) if actor else None


@register.simple_tag(takes_context=True)
def page_of(context: dict[str, Any], name: str, **parts: object) -> str:
    """
    Return a page's address: `{% page_of "identity:lock" as lock_url %}`. Nothing while nobody serves it, and for who
    may not open it.
    """
    address = url_of(name, **parts)
    needed = getattr(resolve(address).func, "permission", None) if address else None
    actor = context.get("actor")
    return address if needed is None or actor is None or actor.may(needed) else ""


@register.simple_tag(takes_context=True)
def with_query(context: dict[str, Any], **changes: object) -> str:
    """Return this page's query with some of it changed: `?{% with_query state="done" after="" %}`."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return str(query.urlencode())
