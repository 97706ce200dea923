"""The month's report: figures beside those of the month before, and below them what they mean."""

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from anjia.documents import Document, Heading, Part, Table, Words
from anjia.kernel.calendar import local
from anjia.quality import wording
from anjia.quality.queries import Report, StaffLine
from anjia.quality.rules import MEASURES


def report_of(report: Report, *, is_demo: bool) -> Document:
    """Return the report in the reader's language. A demo's says that its people are made up."""
    language = get_language() or "zh-hans"
    about = [
        report.house,
        _("{first} 到 {last}，数到 {as_of}").format(
            first=report.first.isoformat(),
            last=report.last.isoformat(),
            as_of=f"{local(report.as_of):%Y-%m-%d %H:%M}",
        ),
    ]
    if is_demo:
        about.append(_("演示数据：人和事都是编的"))
    return Document(
        title=_("质量月报 {year} 年 {month} 月").format(year=report.first.year, month=report.first.month),
        about=about,
        parts=[*_figures(report), *_staff(report), *_definitions(report, language)],
        language="en" if language.startswith("en") else "zh-CN",
    )


def _figures(report: Report) -> list[Part]:
    before = {one.code: one for one in report.month_before}
    return [
        Heading(words=_("指标")),
        Table(
            titles=[_("指标"), _("本月"), _("上月"), _("目标"), _("结果"), _("做到 / 总数"), _("不计入")],
            rows=[
                [
                    one.name,
                    wording.value_words(one),
                    wording.value_words(before[one.code]),
                    wording.target_words(one),
                    str(wording.STANDING_WORDS[one.figure.standing]),
                    f"{one.figure.counted} / {one.figure.of}",
                    str(one.figure.excluded),
                ]
                for one in report.month
            ],
            numbers=frozenset({5, 6}),
            widths=[4, 3, 3, 2, 3, 2, 2],
        ),
    ]


def _staff(report: Report) -> list[Part]:
    parts: list[Part] = [Heading(words=_("人员效率"))]
    if not report.staff:
        return [*parts, Words(words=_("没数据：这个月没有人当班，也没有做完的上门。"))]
    titles = [
        _("谁"),
        _("做完的上门"),
        _("当班天数"),
        _("每个当班日上门"),
        _("路上占比"),
        _("每次服务（分钟）"),
    ]
    rows = [_staff_row(line) for line in report.staff]
    return [
        *parts,
        Table(titles=titles, rows=rows, numbers=frozenset(range(1, len(titles))), widths=[3, 2, 2, 2, 2, 2]),
    ]


def _staff_row(line: StaffLine) -> list[str]:
    none = _("没数据")
    return [
        line.name,
        str(line.visits),
        str(line.days),
        none if line.visits_per_day is None else str(line.visits_per_day),
        none if line.way_share is None else f"{line.way_share}%",
        none if line.service_minutes is None else str(line.service_minutes),
    ]


def _definitions(report: Report, language: str) -> list[Part]:
    parts: list[Part] = [Heading(words=_("每个数怎么算"))]
    for one in report.month:
        version = _("指标第 {version} 版").format(version=one.definition.version)
        parts += [
            Heading(words=one.name, level=2),
            Words(name=_("怎么算"), words=one.counts),
            Words(name=_("不计入"), words=one.excludes),
            Words(name=_("算在哪天"), words=one.period),
            Words(name=_("出处"), words=f"{one.source} · {version} [{one.definition.evidence}]"),
        ]
    for measure in MEASURES:
        parts += [
            Heading(words=measure.said("name", language), level=2),
            Words(name=_("怎么算"), words=measure.said("counts", language)),
            Words(name=_("不计入"), words=measure.said("excludes", language)),
            Words(name=_("出处"), words=measure.said("source", language)),
        ]
    return parts
