"""Whether the law lets a service be done for somebody on a day. What it asks of who comes is `matching`'s."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.catalogue import queries as catalogue
from anjia.catalogue.rules import Asks, GateRule, Offered, gate_of, rule_that
from anjia.catalogue.rules.assessing import is_assessment, why_not_assessed
from anjia.clinical.forbidden import forbids
from anjia.dispatch.rules import GateClosed, Reason
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.orders.queries import standing_orders
from anjia.orders.rules.orders import Standing as Order
from anjia.orders.rules.orders import forbidden_words, why_no_order
from anjia.records.queries import latest_assessment
from anjia.residents.queries import Standing, agreement_of
from anjia.residents.rules import ConsentState
from anjia.workforce.queries import institution_papers_held
from anjia.workforce.rules.institution import (
    InstitutionPaper,
    InstitutionPaperKind,
    why_institution_may_not,
)


@dataclass(frozen=True)
class Asked:
    """A visit that somebody wants made: who asks, of which service, for whom, on which day."""

    actor: Actor
    purpose: Purpose
    version: Offered
    resident_id: UUID
    on: date

    @property
    def for_her(self) -> bool:
        return self.actor.kind is Kind.PERSON

    @cached_property
    def institution_papers(self) -> Sequence[InstitutionPaper]:
        return institution_papers_held(self.actor, self.purpose)


Answer = tuple[str, str]  # why not, and the way out; nothing where the rule is met


def gate_reasons(
    actor: Actor, purpose: Purpose, *, version: Offered, resident_id: UUID, on: date
) -> list[Reason]:
    """Return every rule that keeps the visit from being made, in words, with its source; none if it may be."""
    return gate_of_days(actor, purpose, version=version, resident_id=resident_id, days=[on])[on]


def gate_of_days(
    actor: Actor, purpose: Purpose, *, version: Offered, resident_id: UUID, days: Sequence[date]
) -> dict[date, list[Reason]]:
    """
    Return of each day what keeps the visit from being made. What holds whatever the day is asked once, of the first;
    an order is asked of each, in one question for any number of days.
    """
    asked = Asked(actor, purpose, version, resident_id, min(days))
    common = standing_reasons(asked)
    orders = (
        standing_orders(actor, purpose, resident_id=resident_id, service_code=version.code)
        if version.needs_order
        else ()
    )
    return {day: [*common, *without_order(asked, orders, day)] for day in days}


def standing_reasons(asked: Asked) -> list[Reason]:
    actor, purpose, version, on = asked.actor, asked.purpose, asked.version, asked.on
    found = [
        Reason(is_met=False, words=reason.words, rule_id=reason.rule_id, source=reason.source)
        for reason in catalogue.service_refusals(actor, purpose, version=version, on=on)
    ]
    for rule in gate_of(version.legal_line, on):
        if rule.asks in ANSWERS:
            words, way_out = ANSWERS[rule.asks](asked, rule)
            if words:
                found.append(refusal(rule, words, way_out))
    return found


def agreement_wanting(asked: Asked, rule: GateRule) -> Answer:
    standing = agreement_of(asked.actor, asked.purpose, resident_id=asked.resident_id)
    return why_no_agreement(standing, asked.on), (
        _("在“家人和我”里打开“我同意的事”，看过签上名字就能约；也可以打电话请服务台来办。")
        if asked.for_her
        else _("在她的档案里“协议和同意书”记下签了字的协议，就能约。")
    )


def why_no_agreement(standing: Standing, on: date) -> str:
    """Return why her agreement does not hold on that day; nothing if it does."""
    if standing.state is ConsentState.ASKED_AGAIN:
        return _("上门服务协议的条文改了，要重新签。")
    last_day = standing.ends_on
    if last_day is None:
        return _("还没有签上门服务协议。")
    if on >= last_day:
        return _("上门服务协议到 {day} 满一年，要重新签。").format(day=f"{last_day:%Y-%m-%d}")
    return ""


def without_order(asked: Asked, orders: Sequence[Order], day: date) -> list[Reason]:
    """Return why no doctor's order lets the service be done on that day, if it needs one."""
    if not asked.version.needs_order:
        return []
    rule = rule_that(asked.version.legal_line, day, Asks.ORDER)
    words = why_no_order(orders, asked.version.code, day) if rule else ""
    way_out = (
        _("请把医嘱或处方的原件拍给服务台，医生看过就能约；也可以打电话请服务台来办。")
        if asked.for_her
        else _("在她的档案里“医嘱”拍下原件录入，医生确认以后就能约。")
    )
    return [refusal(rule, words, way_out)] if rule and words else []


def forbidden_wanting(asked: Asked, rule: GateRule) -> Answer:
    """Return why the service is done at nobody's home, whatever anybody has ordered."""
    names = [str(asked.version.content.get(one, "")) for one in ("name", "name_en")]
    found = forbids(asked.on, names=names)
    words = "".join(_("{words}。").format(words=forbidden_words(one)) for one in found)
    return words, _("请安排她到机构来做，或者转诊。")


def assessment_wanting(asked: Asked, rule: GateRule) -> Answer:
    if is_assessment(asked.version.content):
        return "", ""
    latest = latest_assessment(asked.actor, asked.purpose, resident_id=asked.resident_id)
    # Of family only whom she lets see her record reads what was found; the desk has to tell her what is wanting.
    says_findings = not asked.for_her or asked.actor.may("records.read")
    why = why_not_assessed(latest, asked.version.legal_line, asked.on, says_findings=says_findings)
    return why, (
        _("请先约“首次评估”，评估写明适合就能约；也可以打电话请服务台来办。")
        if asked.for_her
        else _("先给她约一次“首次评估”；评估写明适合，就能约。")
    )


def institution_wanting(asked: Asked, rule: GateRule) -> Answer:
    kind = InstitutionPaperKind(rule.asks.value)
    return why_institution_may_not(asked.institution_papers, kind, asked.on), (
        _("这要由机构来办，请打电话给服务台。")
        if asked.for_her
        else _("在“人员”的“机构证照和保险”里登记原件，请另一位同事核对，就能约。")
    )


# Each rule of the line that asks for evidence of this kind, and who answers. Who comes is asked elsewhere.
ANSWERS: Final[Mapping[Asks, Callable[[Asked, GateRule], Answer]]] = {
    Asks.INSTITUTION_LICENCE: institution_wanting,
    Asks.HOME_CARE_GROUND: institution_wanting,
    Asks.LIABILITY_INSURANCE: institution_wanting,
    Asks.AGREEMENT: agreement_wanting,
    Asks.ASSESSMENT: assessment_wanting,
    Asks.FORBIDDEN: forbidden_wanting,
}


def refusal(rule: GateRule, words: str, way_out: str) -> Reason:
    return Reason(is_met=False, words=words, way_out=way_out, rule_id=rule.rule_id, source=rule.source)


def check_gate(actor: Actor, *, version: Offered, resident_id: UUID, on: date) -> None:
    """:raises GateClosed: naming every rule that keeps the visit from being made"""
    reasons = gate_reasons(actor, Purpose.CONTRACT, version=version, resident_id=resident_id, on=on)
    if reasons:
        raise GateClosed(reasons)
