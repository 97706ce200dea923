"""
Why it is she who comes, in words: for the house, for herself, for the household. The only place that says it.

The household hears what there is between it and her, and nothing of anybody else: not who could not come, nor who was
there before.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anjia.kernel.errors import Words
from anjia.visits.models import Because
from anjia.visits.rules.because import How

# To the house.
HOW: Final[Mapping[How, Words]] = {
    How.BOOKED: gettext_lazy("约的时候按规则排的"),
    How.MOVED: gettext_lazy("改时间的时候按规则排的"),
    How.TOOK_IT: gettext_lazy("问到这位，这位接了"),
    How.NEXT: gettext_lazy("前一位没有接，轮到这位"),
    How.INSTEAD: gettext_lazy("原来的人来不了，按规则换的"),
    How.HAND: gettext_lazy("工作人员派的"),
    How.CHANGED: gettext_lazy("工作人员改了这一天的安排"),
    How.PLANNED: gettext_lazy("按发布的计划派的"),
    How.UNDONE: gettext_lazy("改动撤销了，还是原来的人"),
}
# To herself.
HOW_YOU: Final[Mapping[How, Words]] = {
    How.BOOKED: gettext_lazy("约的时候按规则排给你"),
    How.MOVED: gettext_lazy("改时间的时候按规则排给你"),
    How.TOOK_IT: gettext_lazy("你自己接的"),
    How.NEXT: gettext_lazy("轮到问你"),
    How.INSTEAD: gettext_lazy("原来的人来不了，按规则换你去"),
    How.HAND: gettext_lazy("机构派你去"),
    How.CHANGED: gettext_lazy("机构改了这一天的安排，派你去"),
    How.PLANNED: gettext_lazy("按这一天的计划派你去"),
    How.UNDONE: gettext_lazy("改动撤销了，还是你去"),
}
BY_RULE: Final = frozenset({How.BOOKED, How.MOVED, How.TOOK_IT, How.NEXT, How.INSTEAD})
GIVEN: Final = frozenset(
    {How.MOVED, How.HAND, How.CHANGED, How.PLANNED}
)  # whose reason says more than how it was


def becauses_of(assignment_ids: Collection[UUID]) -> dict[UUID, Because]:
    """Return, by assignment, why each was made, as far as it was kept."""
    rows = Because.objects.filter(assignment_id__in=list(assignment_ids)) if assignment_ids else ()
    return {one.assignment_id: one for one in rows}


def to_the_house(because: Because | None, *, is_of_series: bool) -> str:
    if because is None:
        return _("当时怎么定的，没有留下记录")
    how, facts = How(because.how), because.facts
    said = [_("定期上门，按规则排的") if is_of_series and how is How.BOOKED else str(HOW[how])]
    if facts["times"]:
        said.append(_times(facts, _("去过这一家一次"), _("去过这一家 {number} 次")))
    if facts["came_last"]:
        said.append(_("上一次也是这位去的"))
    if facts["asked_for"]:
        said.append(_("是对方点名要的"))
    if not facts["times"]:
        said.append(_("没去过这一家"))
    said += _on_the_way(facts)
    if facts["why"] and how in GIVEN:
        said.append(_("原因：{why}").format(why=facts["why"]))
    return _("；").join(said)


def to_herself(because: Because | None, *, knows_whose: bool) -> str:
    """Say it to her; how well she knows them only where she may know who they are."""
    if because is None:
        return _("为什么是你：当时没有留下记录")
    facts, said = because.facts, [str(HOW_YOU[How(because.how)])]
    if knows_whose:
        if facts["times"]:
            said.append(_times(facts, _("你去过一次"), _("你去过 {number} 次")))
        if facts["came_last"]:
            said.append(_("上一次也是你去的"))
        if facts["asked_for"]:
            said.append(_("对方点名要你"))
        if not facts["times"]:
            said.append(_("你没去过这一家"))
    said += _on_the_way(facts)
    return _("为什么是你：{reasons}").format(reasons=_("；").join(said))


def to_the_household(because: Because | None, *, name: str) -> str:
    if because is None:
        return _("当时为什么请{name}来，没有留下记录。").format(name=name)
    facts, said = because.facts, []
    if facts["asked_for"]:
        said.append(_("是家里点名要的"))
    if facts["times"]:
        said.append(_times(facts, _("来过家里一次"), _("来过家里 {number} 次")))
    if facts["came_last"]:
        said.append(_("上一次也是这位来的"))
    if facts["minutes"]:
        said.append(_("到家里约 {minutes} 分钟").format(minutes=facts["minutes"]))
    if not said:
        said.append(_("这个时间能来") if How(because.how) in BY_RULE else _("是机构安排来的"))
    return _("为什么是{name}：{reasons}。").format(name=name, reasons=_("；").join(said))


def _times(facts: Mapping[str, Any], once: str, more: str) -> str:
    return once if facts["times"] == 1 else more.format(number=facts["times"])


def _on_the_way(facts: Mapping[str, Any]) -> list[str]:
    minutes = facts["minutes"]
    return [] if minutes is None else [_("路上约 {minutes} 分钟").format(minutes=minutes)]
