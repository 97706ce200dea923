"""The demo town's policies that cover many: all who go out against accidents, nurses and doctors for liability."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from anjia.kernel.calendar import day_of
from anjia.simulation import town
from anjia.simulation.pictures import scribble
from anjia.workforce import commands as workforce
from anjia.workforce.commands import Whom

if TYPE_CHECKING:
    from anjia.simulation.founding import Founder

SCAN: Final[dict[str, Any]] = {
    "scan": scribble(7),
    "content_type": "image/png",
}  # the policy with its list, and the insurer's slip
INSURER: Final = "云杉财产保险（演示）"
BY_HERSELF: Final = "yanghui"  # has a policy of her own against accidents; in that of the others she is new
LICENSED: Final = frozenset({"nurse", "doctor"})
INSURED_FOR: Final = timedelta(days=210)  # from now
BEFORE: Final = timedelta(days=30)


def insure_together(founder: Founder) -> None:
    """Enter both; a second person has read all but the slip with which the newest nurse came in."""
    go_out = {one.key: one.kind for one in town.colleagues()}
    insure_against_accidents(founder, go_out.keys() - {BY_HERSELF}, number="DEMO-TB-2601（演示）")
    licensed = {key for key, kind in go_out.items() if kind in LICENSED}
    number = "DEMO-TB-2602（演示）"
    policy = enter(founder, licensed - {BY_HERSELF}, code="liability_insurance", number=number)
    joined = founder.now - timedelta(days=2)
    founder.do(
        founder.administrator,
        workforce.cover_more,
        when=joined,
        policy_id=policy.id,
        whom=whom(founder, [BY_HERSELF]),
        first_day=day_of(joined),
        **SCAN,
    )


def insure_against_accidents(founder: Founder, keys: Collection[str], *, number: str) -> None:
    enter(founder, keys, code="accident_insurance", number=number)


def enter(founder: Founder, keys: Collection[str], *, code: str, number: str) -> Any:
    policy = founder.do(
        founder.administrator,
        workforce.add_group_policy,
        code=code,
        number=number,
        issuer=INSURER,
        valid_from=day_of(founder.long_ago - BEFORE),
        valid_until=day_of(founder.now + INSURED_FOR),
        whom=whom(founder, keys),
        **SCAN,
    )
    founder.do(founder.member("quality"), workforce.verify_group_policy, policy_id=policy.id)
    return policy


def whom(founder: Founder, keys: Collection[str]) -> Whom:
    return Whom(staff_ids=frozenset(founder.staff[key] for key in keys))
