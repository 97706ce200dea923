from datetime import timedelta
from decimal import Decimal

import pytest

from anjia.exceptions.rules.steps import FLOWS
from anjia.quality.rules import (
    ASPECTS,
    DEFINITIONS,
    LEAST_RATINGS,
    OUR_REASONS,
    ChangeTooLate,
    RatingUnsound,
    Standing,
    check_change,
    check_rating,
    figure,
)
from anjia.visits.rules.exceptions import ExceptionKind
from anjia.visits.rules.lifecycle import CancelReason
from tests.make import NOON

COMPLETION = DEFINITIONS["completion"]
SATISFACTION = DEFINITIONS["satisfaction_resident"]


class TestDefinitions:
    def test_say_what_counts_what_does_not_and_whence_in_both_languages(self) -> None:
        for definition in DEFINITIONS.values():
            for language in ("zh", "en"):
                said = [
                    definition.said(part, language)
                    for part in ("name", "counts", "excludes", "period", "source")
                ]
                assert all(said), definition.code

    def test_exist_for_every_aspect(self) -> None:
        assert {f"aspect_{aspect}" for aspect in ASPECTS} <= DEFINITIONS.keys()


def test_our_reasons_are_reasons_of_visits() -> None:
    assert set(OUR_REASONS) < {reason.value for reason in CancelReason}


class TestFigure:
    def test_says_no_data_and_never_zero_for_nothing(self) -> None:
        found = figure(COMPLETION, counted=0, of=0)

        assert (found.standing, found.value) == (Standing.NO_DATA, None)

    def test_gives_no_share_of_too_few_ratings(self) -> None:
        assert figure(SATISFACTION, counted=4, of=LEAST_RATINGS - 1).standing is Standing.TOO_FEW
        assert figure(SATISFACTION, counted=4, of=LEAST_RATINGS - 1).value is None
        assert figure(SATISFACTION, counted=5, of=LEAST_RATINGS).value == 100

    def test_is_zero_where_everything_failed(self) -> None:
        found = figure(COMPLETION, counted=0, of=3)

        assert (found.standing, found.value) == (Standing.MISSED, Decimal("0.0"))

    def test_is_not_rounded_up_to_the_target(self) -> None:
        """94.96 % is shown as 95.0 % and still misses 95 %."""
        found = figure(COMPLETION, counted=9496, of=10_000)

        assert (found.value, found.standing) == (Decimal("95.0"), Standing.MISSED)
        assert figure(COMPLETION, counted=95, of=100).standing is Standing.MET


class TestRating:
    @pytest.mark.parametrize(
        ("stars", "aspects", "field"),
        [
            (0, {}, "stars"),
            (6, {}, "stars"),
            (5, {"manner": 6}, "aspects.manner"),
            (5, {"smell": 3}, "aspects.smell"),
        ],
    )
    def test_is_one_to_five_stars(self, stars: int, aspects: dict[str, int], field: str) -> None:
        with pytest.raises(RatingUnsound) as refused:
            check_rating(stars=stars, aspects=aspects, words="")

        assert list(refused.value.fields) == [field]

    def test_can_be_changed_for_a_day(self) -> None:
        check_change(rated_at=NOON, now=NOON + timedelta(hours=23, minutes=59, seconds=59))
        with pytest.raises(ChangeTooLate):
            check_change(rated_at=NOON, now=NOON + timedelta(hours=24))


class TestExceptions:
    """What the definition of each kind says in minutes is what its steps take together."""

    @pytest.mark.parametrize("kind", list(ExceptionKind))
    def test_name_the_minutes_of_all_their_steps(self, kind: ExceptionKind) -> None:
        usual, urgent = (
            FLOWS[kind].within(is_urgent=is_urgent) // timedelta(minutes=1) for is_urgent in (False, True)
        )
        definition = DEFINITIONS[f"exception_{kind}"]

        assert definition.part_of == "exceptions"
        assert f"{usual} 分钟内（急的 {urgent} 分钟内）" in definition.said("counts", "zh")
        assert f"within {usual} minutes ({urgent} where it is urgent)" in definition.said("counts", "en")
