import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed, NotFound
from anjia.kernel.work import acting
from anjia.quality import queries
from anjia.quality.models import Rating
from anjia.quality.rules import ChangeTooLate, NotDoneYet
from anjia.visits.models import Visit
from tests.make import actor
from tests.quality import make
from tests.quality.make import EVENING, LATER, rate
from tests.visits import make as visits
from tests.visits.make import Town


@pytest.fixture
def town(database: None) -> Town:
    return visits.town()


@pytest.fixture
def nurse(town: Town) -> Actor:
    return town.nurse()


@pytest.fixture
def visit(town: Town, nurse: Actor) -> Visit:
    return make.done_visit(town, nurse)


class TestRateVisit:
    def test_is_said_by_her_and_by_her_family_apart(self, town: Town, visit: Visit) -> None:
        she, daughter = make.herself(visit.resident_id, town), make.daughter(visit.resident_id, town)
        rate(she, visit, 5, aspects={"manner": 5, "skill": 4}, words="很细心")
        rate(daughter, visit, 3, aspects={"punctual": 2})

        rows = acting(make.manager(town), EVENING).ask(
            queries.ratings_of_visit, Purpose.CONTRACT, visit_id=visit.id
        )
        assert [(row.rater_kind, row.stars, row.aspects) for row in rows] == [
            ("resident", 5, {"manner": 5, "skill": 4}),
            ("family", 3, {"punctual": 2}),
        ]

    def test_is_not_said_before_it_was_done(self, town: Town, nurse: Actor) -> None:
        visit = town.visit(nurse)

        with pytest.raises(NotDoneYet):
            rate(make.herself(visit.resident_id, town), visit)

    def test_is_said_once_and_changed_within_a_day(self, town: Town, visit: Visit) -> None:
        she = make.herself(visit.resident_id, town)
        first = rate(she, visit, 2, aspects={"manner": 1})
        second = rate(she, visit, 4, aspects={"skill": 4}, now=EVENING + timedelta(hours=23))

        assert (second.id, second.stars, second.aspects, second.changed_at is not None) == (
            first.id,
            4,
            {"skill": 4},
            True,
        )
        with pytest.raises(ChangeTooLate):
            rate(she, visit, 1, now=LATER)

    def test_twins_are_one(self, town: Town, visit: Visit) -> None:
        she = make.herself(visit.resident_id, town)
        start = threading.Barrier(5, timeout=60)
        ids: list[object] = []

        def twin() -> None:
            try:
                start.wait()
                ids.append(rate(she, visit).id)
            finally:
                connection.close()

        twins = [threading.Thread(target=twin) for _ in range(5)]
        for thread in twins:
            thread.start()
        for thread in twins:
            thread.join()
        assert len(ids) == 5
        assert len(set(ids)) == 1

    def test_can_be_written_down_by_the_desk_for_who_has_no_phone(self, town: Town, visit: Visit) -> None:
        desk = actor("quality.rate", "visits.read", organization_id=town.organization_id)
        rating = rate(desk, visit, 4)

        assert (rating.rater_kind, rating.rater_id, rating.entered_by) == (
            "resident",
            visit.resident_id,
            desk.user_id,
        )

    def test_is_for_who_has_business_with_her(self, town: Town, visit: Visit, nurse: Actor) -> None:
        neighbour = make.herself(make.done_visit(town, nurse, hour=11).resident_id, town)
        with pytest.raises(NotFound):
            rate(neighbour, visit)
        with pytest.raises(NotFound):
            rate(actor("quality.rate", "visits.read"), visit)
        with pytest.raises(NotAllowed):
            rate(nurse, visit)

    def test_stays_with_the_visit_as_figures_only(self, town: Town, visit: Visit) -> None:
        rate(make.herself(visit.resident_id, town), visit, 5, aspects={"manner": 5}, words="很细心")

        assert town.now(visit).rating == {"stars": 5, "aspects": {"manner": 5}, "at": EVENING.isoformat()}

    def test_shows_a_daughter_her_own_words_and_not_her_mothers(self, town: Town, visit: Visit) -> None:
        she, daughter = make.herself(visit.resident_id, town), make.daughter(visit.resident_id, town)
        rate(she, visit, 5, words="女儿太忙了")

        assert acting(daughter, EVENING).ask(lambda actor: Rating.objects.count()) == 0
        asked: dict[str, Any] = {"visit_id": visit.id, "now": EVENING}
        assert acting(daughter, EVENING).ask(queries.my_rating, Purpose.ACCESS, **asked) is None
        own = acting(she, EVENING).ask(queries.my_rating, Purpose.ACCESS, **asked)
        assert own is not None
        assert (own.words, own.can_change) == ("女儿太忙了", True)
