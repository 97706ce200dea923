"""Whether the law lets a service be done for somebody on a day. What it asks of who comes is `matching`'s."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.catalogue import queries as catalogue
from anjia.catalogue.rules import Asks, GateRule, Offered, gate_of, rule_that
from anjia.catalogue.rules.assessing import (
    Assessed,
    Level,
    LevelAsked,
    Levelled,
    is_assessment,
    why_not_assessed,
)
from anjia.catalogue.rules.city import CityRow
from anjia.clinical.forbidden import forbids
from anjia.dispatch.rules import GateClosed, Reason
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.orders.queries import standing_orders
from anjia.orders.rules.orders import Standing as Order
from anjia.orders.rules.orders import forbidden_words, why_no_order
from anjia.records.queries import latest_assessment, latest_assessments
from anjia.residents.queries import Standing, agreements_of
from anjia.residents.rules import ConsentState
from anjia.workforce.queries import institution_papers_held
from anjia.workforce.rules.institution import (
    InstitutionPaper,
    InstitutionPaperKind,
    why_institution_may_not,
)


@dataclass(frozen=True)
class Evidence:
    """What is there for these residents and services, each kind read once, when a rule first asks for it."""

    actor: Actor
    purpose: Purpose
    resident_ids: Collection[UUID]
    service_codes: Collection[str]  # of those that are done on an order

    @cached_property
    def institution_papers(self) -> Sequence[InstitutionPaper]:
        return institution_papers_held(self.actor, self.purpose)

    @cached_property
    def agreements(self) -> Mapping[UUID, Standing]:
        return agreements_of(self.actor, self.purpose, resident_ids=self.resident_ids)

    @cached_property
    def assessments(self) -> Mapping[UUID, Assessed]:
        return latest_assessments(self.actor, self.purpose, resident_ids=self.resident_ids)

    @cached_property
    def orders(self) -> Mapping[tuple[UUID, str], Sequence[Order]]:
        found: dict[tuple[UUID, str], list[Order]] = {}
        for one in standing_orders(
            self.actor, self.purpose, resident_ids=self.resident_ids, service_codes=self.service_codes
        ):
            found.setdefault((one.resident_id, one.service_code), []).append(one)
        return found

    @cached_property
    def city(self) -> Sequence[CityRow]:
        return catalogue.city_rows(self.actor, self.purpose)


@dataclass(frozen=True)
class Wanted:
    """A visit that somebody wants made: of which service, for whom, on which day."""

    version: Offered
    resident_id: UUID
    on: date


@dataclass(frozen=True)
class Asked:
    """The same, with who asks and what is there."""

    actor: Actor
    purpose: Purpose
    version: Offered
    resident_id: UUID
    on: date
    there: Evidence

    @property
    def for_her(self) -> bool:
        return self.actor.kind is Kind.PERSON


Answer = tuple[str, str]  # why not, and the way out; nothing where the rule is met


def gate_reasons(
    actor: Actor, purpose: Purpose, *, version: Offered, resident_id: UUID, on: date
) -> list[Reason]:
    """Return every rule that keeps the visit from being made, in words, with its source; none if it may be."""
    return gate_of_days(actor, purpose, version=version, resident_id=resident_id, days=[on])[on]


def gate_of_days(
    actor: Actor, purpose: Purpose, *, version: Offered, resident_id: UUID, days: Sequence[date]
) -> dict[date, list[Reason]]:
    """Return of each day what keeps the visit from being made: as many questions for a month as for a day."""
    wanted = [Wanted(version, resident_id, day) for day in days]
    return {one.on: reasons for one, reasons in gates_of_many(actor, purpose, wanted=wanted).items()}


def gates_of_many(
    actor: Actor, purpose: Purpose, *, wanted: Collection[Wanted]
) -> dict[Wanted, list[Reason]]:
    """Return of each visit what keeps it from being made. What is there is asked once for all of them."""
    codes = {one.version.code for one in wanted if one.version.needs_order}
    there = Evidence(actor, purpose, {one.resident_id for one in wanted}, codes)
    return {
        one: reasons_against(Asked(actor, purpose, one.version, one.resident_id, one.on, there))
        for one in wanted
    }


def reasons_against(asked: Asked) -> list[Reason]:
    found = [
        Reason(is_met=False, words=reason.words, rule_id=reason.rule_id, source=reason.source)
        for reason in catalogue.service_refusals(
            asked.actor, asked.purpose, version=asked.version, on=asked.on, listed=lambda: asked.there.city
        )
    ]
    for rule in gate_of(asked.version.legal_line, asked.on):
        if rule.asks in ANSWERS:
            words, way_out = ANSWERS[rule.asks](asked, rule)
            if words:
                found.append(refusal(rule, words, way_out))
    return found


def agreement_wanting(asked: Asked, rule: GateRule) -> Answer:
    return why_no_agreement(asked.there.agreements[asked.resident_id], asked.on), (
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


def order_wanting(asked: Asked, rule: GateRule) -> Answer:
    """Return why no doctor's order lets the service be done on that day, if it needs one."""
    if not asked.version.needs_order:
        return "", ""
    orders = asked.there.orders.get((asked.resident_id, asked.version.code), ())
    return why_no_order(orders, asked.version.code, asked.on), (
        _("请把医嘱或处方的原件拍给服务台，医生看过就能约；也可以打电话请服务台来办。")
        if asked.for_her
        else _("在她的档案里“医嘱”拍下原件录入，医生确认以后就能约。")
    )


def forbidden_wanting(asked: Asked, rule: GateRule) -> Answer:
    """Return why the service is done at nobody's home, whatever anybody has ordered."""
    names = [str(asked.version.content.get(one, "")) for one in ("name", "name_en")]
    found = forbids(asked.on, names=names)
    words = "".join(_("{words}。").format(words=forbidden_words(one)) for one in found)
    return words, _("请安排她到机构来做，或者转诊。")


def assessment_wanting(asked: Asked, rule: GateRule) -> Answer:
    if is_assessment(asked.version.content):
        return "", ""
    latest = asked.there.assessments.get(asked.resident_id)
    # Of family only whom she lets see her record reads what was found; the desk has to tell her what is wanting.
    says_findings = not asked.for_her or asked.actor.may("records.read")
    why = why_not_assessed(latest, asked.version.legal_line, asked.on, says_findings=says_findings)
    return why, (
        _("请先约“首次评估”，评估写明适合就能约；也可以打电话请服务台来办。")
        if asked.for_her
        else _("先给她约一次“首次评估”；评估写明适合，就能约。")
    )


def level_asked(
    actor: Actor, purpose: Purpose, *, version: Offered, resident_id: UUID, on: date
) -> LevelAsked | None:
    """Return which nurse her latest assessment asks for, where the line asks for one on that day."""
    rule = _rule_of_level(version, on)
    latest = latest_assessment(actor, purpose, resident_id=resident_id) if rule else None
    return _asked_by(rule, latest)


def levels_asked(
    actor: Actor, purpose: Purpose, *, visits: Mapping[UUID, tuple[Offered, UUID, date]]
) -> dict[UUID, LevelAsked | None]:
    """Return the same of many visits, each by its version, whose it is and its day, in one question."""
    rules = {key: _rule_of_level(version, on) for key, (version, _her, on) in visits.items()}
    who = {her for key, (_version, her, _on) in visits.items() if rules[key] and actor.sees(her)}
    latest = latest_assessments(actor, purpose, resident_ids=who) if who else {}
    return {key: _asked_by(rules[key], latest.get(visits[key][1])) for key in visits}


def _rule_of_level(version: Offered, on: date) -> GateRule | None:
    return None if is_assessment(version.content) else rule_that(version.legal_line, on, Asks.ASSESSMENT)


def _asked_by(rule: GateRule | None, latest: Levelled | None) -> LevelAsked | None:
    if rule is None or latest is None:
        return None
    return LevelAsked(
        level=Level(latest.nurse_level),
        assessed_on=latest.made_on,
        rule_id=rule.rule_id,
        source=rule.source,
    )


def institution_wanting(asked: Asked, rule: GateRule) -> Answer:
    kind = InstitutionPaperKind(rule.asks.value)
    return why_institution_may_not(asked.there.institution_papers, kind, asked.on), (
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
    Asks.ORDER: order_wanting,
}


def refusal(rule: GateRule, words: str, way_out: str) -> Reason:
    return Reason(is_met=False, words=words, way_out=way_out, rule_id=rule.rule_id, source=rule.source)


def check_gate(actor: Actor, *, version: Offered, resident_id: UUID, on: date) -> None:
    """:raises GateClosed: naming every rule that keeps the visit from being made"""
    reasons = gate_reasons(actor, Purpose.CONTRACT, version=version, resident_id=resident_id, on=on)
    if reasons:
        raise GateClosed(reasons)
