"""Whether the law lets a service be done for somebody on a day. What it asks of who comes is `matching`'s."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from anjia.catalogue import queries as catalogue
from anjia.catalogue.rules import Asks, GateRule, Offered, rule_that
from anjia.dispatch.rules import GateClosed, Reason
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.residents.queries import Standing, agreement_of
from anjia.residents.rules import ConsentState


def gate_reasons(
    actor: Actor, purpose: Purpose, *, version: Offered, resident_id: UUID, on: date
) -> list[Reason]:
    """Return every rule that keeps the visit from being made, in words, with its source; none if it may be."""
    found = [
        Reason(is_met=False, words=reason.words, rule_id=reason.rule_id, source=reason.source)
        for reason in catalogue.service_refusals(actor, purpose, version=version, on=on)
    ]
    rule = rule_that(version.legal_line, on, Asks.AGREEMENT)
    if rule is not None:
        standing = agreement_of(actor, purpose, resident_id=resident_id)
        words = why_no_agreement(standing, on)
        if words:
            found.append(refusal(rule, words, for_her=actor.kind is Kind.PERSON))
    return found


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


def refusal(rule: GateRule, words: str, *, for_her: bool) -> Reason:
    way_out = _("在“家人和我”里打开“我同意的事”，看过签上名字就能约；也可以打电话请服务台来办。")
    at_the_desk = _("在她的档案里“协议和同意书”记下签了字的协议，就能约。")
    return Reason(
        is_met=False,
        words=words,
        way_out=way_out if for_her else at_the_desk,
        rule_id=rule.rule_id,
        source=rule.source,
    )


def check_gate(actor: Actor, *, version: Offered, resident_id: UUID, on: date) -> None:
    """:raises GateClosed: naming every rule that keeps the visit from being made"""
    reasons = gate_reasons(actor, Purpose.CONTRACT, version=version, resident_id=resident_id, on=on)
    if reasons:
        raise GateClosed(reasons)
