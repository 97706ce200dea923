"""Rating over HTTP. The town's house is made known to identity, so that people can sign in."""

import pytest

from anjia.identity.models import Organization
from anjia.kernel.actors import Actor, system
from anjia.kernel.work import acting
from anjia.residents.models import Resident
from anjia.visits.models import Visit
from tests.client import Phone
from tests.identity.make import phone
from tests.make import NOON
from tests.quality import make
from tests.residents import make as residents
from tests.visits import make as visits
from tests.visits.make import Town

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def town() -> Town:
    made = visits.town()

    def known(actor: Actor) -> None:
        Organization.objects.create(
            id=made.organization_id,
            name="镇上",
            kind="institution",
            lineage=[made.organization_id],
            house_id=made.organization_id,
            slug=f"town-{made.organization_id.hex[-8:]}",
            founded_at=NOON,
        )

    acting(system(), NOON).ask(known)
    return made


@pytest.fixture
def resident(town: Town) -> Resident:
    return residents.resident(served_by=town.desk, phones=[phone()])


@pytest.fixture
def visit(town: Town, resident: Resident) -> Visit:
    return make.done_visit(town, town.nurse(), resident=resident)


class TestRating:
    def test_is_given_once_and_told_back(self, resident: Resident, visit: Visit) -> None:
        her = Phone(resident)
        path = f"visits/{visit.id}/ratings"
        assert her.get(path).json() is None

        body = {"stars": 5, "aspects": {"manner": 5, "punctual": 3}, "words": "很细心"}
        first = her.post(path, body, **{"Idempotency-Key": "k1"})
        again = her.post(path, body, **{"Idempotency-Key": "k1"})
        assert (first.status_code, again.json()) == (201, first.json())
        assert first.json()["rater_kind"] == "resident"
        told = her.get(path).json()
        assert (told["stars"], told["aspects"], told["words"], told["can_change"]) == (
            5,
            {"manner": 5, "punctual": 3},
            "很细心",
            True,
        )

    def test_says_no_in_words(self, town: Town, resident: Resident, visit: Visit) -> None:
        her = Phone(resident)
        coming = town.visit(town.nurse(), resident=resident, starts_at=visits.at(15), ends_at=visits.at(15.5))

        not_done = her.post(f"visits/{coming.id}/ratings", {"stars": 5})
        assert (not_done.status_code, not_done.json()["code"]) == (409, "quality.not_done_yet")
        assert her.post(f"visits/{visit.id}/ratings", {"stars": 6}).status_code == 422
        stranger = Phone(residents.resident(served_by=town.desk, phones=[phone()]))
        assert stranger.post(f"visits/{visit.id}/ratings", {"stars": 5}).status_code == 404
        assert Phone().post(f"visits/{visit.id}/ratings", {"stars": 5}).status_code == 401
