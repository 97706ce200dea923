"""Plain sentences about values. What is said is computed in `clinical.trends`; here it gets its words."""

from datetime import datetime
from decimal import Decimal

from django.utils.dateformat import format as format_date
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anjia.clinical.alerts import Grade, is_fresh
from anjia.clinical.measures import Measure
from anjia.clinical.tables import Source
from anjia.clinical.targets import Band
from anjia.clinical.trends import Say, Trend
from anjia.kernel.calendar import local


def is_english() -> bool:
    return (get_language() or "zh").startswith("en")


def name_of(measure: Measure) -> str:
    return measure.name_en if is_english() else measure.name


def unit_of(measure: Measure) -> str:
    return measure.shown_en if is_english() else measure.shown


def source_words(source: Source) -> str:
    return source.words("en" if is_english() else "zh")


def moment(at: datetime) -> str:
    return format_date(local(at), _("n月j日 H:i"))


def day(at: datetime) -> str:
    return format_date(local(at), _("n月j日"))


def number(value: Decimal | None) -> str:
    """Return the number without zeros that say nothing."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def band_words(band: Band) -> str:
    """Return "130 以下", "51–90", "94 以上"."""
    low, high = number(band.low), number(band.high)
    if not low:
        return _("{high} 以下").format(high=high)
    if not high:
        return _("{low} 以上").format(low=low)
    return f"{low}–{high}"


def place(value: Decimal, band: Band | None) -> str:
    """Say where one value lies: in the band, above, below; nothing without a band."""
    if band is None:
        return ""
    if band.is_above(value):
        return _("偏高")
    if band.is_below(value):
        return _("偏低")
    return _("在目标内")


def trend_words(trend: Trend, *, days: int, mean: str, before: str) -> str:
    """Say what the trend says; `mean` and `before` are written as that measure is written."""
    if trend.say is Say.NEVER:
        return _("这 {days} 天没有量过。").format(days=days)
    if trend.say is Say.TOO_FEW and not trend.recent:
        said = _("这 7 天没有量过，还看不出变化。")
    elif trend.say is Say.TOO_FEW:
        said = _("这 7 天只量了 {recent} 次，样本不足，还看不出变化。").format(recent=trend.recent)
    elif trend.say is Say.MEAN:
        said = _("这 7 天平均 {mean}。").format(mean=mean)
    else:
        said = _("这 7 天平均 {mean}，{before}。").format(mean=mean, before=before)
    return said


def change_words(change: Decimal) -> str:
    if change == 0:
        return _("和一个月前一样")
    if change < 0:
        return _("比一个月前低了 {change}").format(change=number(-change))
    return _("比一个月前高了 {change}").format(change=number(change))


def inside_words(trend: Trend) -> str:
    if trend.inside is None or trend.counted == 0:
        return ""
    if trend.inside in {0, trend.counted}:
        all_in, none_in = _("最近 {counted} 次都在目标内。"), _("最近 {counted} 次都不在目标内。")
        return (all_in if trend.inside else none_in).format(counted=trend.counted)
    return _("最近 {counted} 次，有 {inside} 次在目标内。").format(counted=trend.counted, inside=trend.inside)


def latest_words(*, at: datetime, value: str, place: str) -> str:
    if not place:
        return _("最近一次 {at}：{value}。").format(at=moment(at), value=value)
    return _("最近一次 {at}：{value}，{place}。").format(at=moment(at), value=value, place=place)


def alert_words(grade: Grade | None, *, at: datetime, now: datetime, to_staff: bool = False) -> str:
    """
    Say what to do about the latest value, to her and hers or to who looks after her. A clinician decides.

    Of one that is not of today it says of which day: what was a reason to hurry then is none now.
    """
    if to_staff:
        return alert_words_to_staff(grade, at=at, now=now)
    if grade is not None and not is_fresh(at, now=now):
        return _("这是{day}的数，当时就该有医生或护士看。请再量一次；还没有人看过就联系医生。").format(
            day=day(at)
        )
    if grade is Grade.RED:
        return _("这个数要马上处理：请现在就联系医生；不舒服就打 120。")
    if grade is Grade.AMBER:
        return _("请今天让护士或医生看一看。")
    return ""


def alert_words_to_staff(grade: Grade | None, *, at: datetime, now: datetime) -> str:
    if grade is not None and not is_fresh(at, now=now):
        return _("这是{day}的数，当时就该有人看。请联系她再量一次。").format(day=day(at))
    if grade is Grade.RED:
        return _("这个数越过了危急线：请现在就联系她；不舒服就叫 120。")
    if grade is Grade.AMBER:
        return _("今天要有医生或护士看。")
    return ""


def together(*sentences: str) -> str:
    """Put sentences side by side, as the language does it."""
    return (" " if is_english() else "").join(sentence for sentence in sentences if sentence)
