"""The audit in words."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

import anjia
from anjia.desk.audits import words_of
from anjia.quality.rules.concerns import ConcernState
from anjia.quality.rules.improvements import ImprovementState
from anjia.quality.rules.objections import ObjectionStepKind
from anjia.residents.rules.consent import ConsentState
from anjia.transitions.rules import State
from anjia.visits.rules.lifecycle import What

ROOT: Final = Path(anjia.__path__[0])
# What is recorded under the name of the state that something has come to.
STATES: Final[dict[str, Iterable[str]]] = {
    "orders.order": {"entered", "corrected", "confirmed", "refused", "ended", "changed"},
    "quality.concern": set(ConcernState),
    "quality.improvement": set(ImprovementState) - {ImprovementState.OPEN},
    "quality.objection": set(ObjectionStepKind),
    "residents.consent": {ConsentState.GIVEN, ConsentState.REFUSED, ConsentState.WITHDRAWN},
    "transitions.referral": set(State),
    "visits.assignment": {What.ASSIGNED, What.ACCEPTED},
    "workforce.policy": {"added", "widened", "verified", "ended_for", "taken_back"},
    "workforce.institution_paper": {"added", "verified", "taken_back"},
}


def recorded() -> set[str]:
    """Return the actions that are recorded anywhere, those that end with a state with `{`."""
    texts = "".join(path.read_text() for path in ROOT.rglob("*.py"))
    calls = re.findall(r'audit\.record\(\s*f?"([a-z_]+\.[a-z_.]+(?:\{)?)', texts)
    named = re.findall(r'action = "([a-z_.]+)" if \w+ else "([a-z_.]+)"', texts)
    return {*calls, *(name for both in named for name in both)}


ACTIONS: Final = sorted(
    {action for action in recorded() if not action.endswith("{")}
    | {f"{thing}.{state}" for thing, states in STATES.items() for state in states}
)


class TestActions:
    def test_are_all_looked_at(self) -> None:
        assert len(ACTIONS) > 100
        assert {action for action in recorded() if action.endswith("{")} == {f"{one}.{{" for one in STATES}

    @pytest.mark.parametrize("action", ACTIONS)
    def test_are_said_in_words(self, action: str) -> None:
        assert "：" in words_of(action)
