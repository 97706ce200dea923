"""What each role finds in the rail, and where she begins."""

import pytest

from anjia.desk.nav import ITEMS, home_of, nav_for
from anjia.identity.roles import DEFAULT_ROLES, permissions_of
from tests.make import actor

HOMES = {
    "administrator": "/console/identity/users/",
    "dispatcher": "/console/desk/board",
    "service_desk": "/console/desk/bookings",
    "family_doctor": "/console/desk/worklist",
    "ward_nurse": "/console/transitions/",
    "quality_manager": "/console/quality/indicators",
    "nurse": "/app/",
    "health_worker": "/app/",
}


@pytest.mark.parametrize(("role", "home"), HOMES.items())
def test_each_role_begins_where_its_work_is(role: str, home: str) -> None:
    assert home_of(actor(*permissions_of(role))) == home


def test_the_rail_shows_only_what_may_be_opened() -> None:
    ward_nurse = actor(*permissions_of("ward_nurse"))

    assert {item.name for item in nav_for(ward_nurse)} == {"transitions:list", "catalogue:list"}


def test_every_page_of_the_rail_is_served_and_somebodys() -> None:
    everybody = actor(*permissions_of(*DEFAULT_ROLES))

    assert [item.name for item in nav_for(everybody)] == [item.name for item in ITEMS]


def test_one_page_of_the_rail_is_where_one_is() -> None:
    everybody = actor(*permissions_of(*DEFAULT_ROLES))

    here = [item.name for item in nav_for(everybody, "/console/workforce/rota/next") if item.active]

    assert here == ["workforce:rota"]
