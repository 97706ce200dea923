"""Whether the law lets a service be done on a day, whoever comes. What it asks of staff is `matching`'s."""

from datetime import date

from anjia.catalogue import queries as catalogue
from anjia.catalogue.rules import Offered
from anjia.dispatch.rules import GateClosed, Reason
from anjia.kernel.actors import Actor, Purpose


def gate_reasons(actor: Actor, purpose: Purpose, *, version: Offered, on: date) -> list[Reason]:
    """Return every rule that keeps the visit from being made, in words, with its source; none if it may be."""
    return [
        Reason(is_met=False, words=reason.words, rule_id=reason.rule_id, source=reason.source)
        for reason in catalogue.service_refusals(actor, purpose, version=version, on=on)
    ]


def check_gate(actor: Actor, *, version: Offered, on: date) -> None:
    """:raises GateClosed: naming every rule that keeps the visit from being made"""
    reasons = gate_reasons(actor, Purpose.CONTRACT, version=version, on=on)
    if reasons:
        raise GateClosed(reasons)
