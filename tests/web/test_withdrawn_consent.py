"""What of her record is shown to whom in the house, while she agrees; and what is left when she takes that back."""

from typing import Any, Final

import pytest

from tests.web.test_every_operation import CLOSED, ask, named
from tests.web.test_every_page import PAGES, browser
from tests.web.town import Town

pytestmark = pytest.mark.usefixtures("town")

# Who reads it for her work, and where. "refused" asks for consent, "withheld" goes on without what her record says.
READ: Final = [
    ("nurse", "get files/{file_id}", "refused"),
    ("nurse", "get work/visits/{visit_id}", "refused"),
    ("doctor", "get files/{file_id}", "refused"),
    ("doctor", "console/records/<uuid:resident_id>/", "refused"),
    ("doctor", "console/records/<uuid:resident_id>/trends/<str:code>", "refused"),
    ("doctor", "console/residents/<uuid:resident_id>/", "withheld"),
    ("doctor", "console/desk/visits/<uuid:visit_id>", "withheld"),
    ("doctor", "console/desk/worklist", "withheld"),
    ("desk", "console/residents/<uuid:resident_id>/change", "withheld"),
]
WHO: Final = ("nurse", "doctor", "desk", "administrator")
CONSOLE: Final = {page.route: page for page in PAGES}
API: Final = {named(operation): operation for operation in CLOSED if operation.method == "get"}


def look(town: Town, who: str, where: str) -> tuple[int, str]:
    """Return the status and what is shown."""
    token = town.kept_token_of(who)
    if where in API:
        response: Any = ask(API[where], town, token)
    else:
        response = browser(town, token=token).get(CONSOLE[where].address(town))
    shown = b"".join(response) if response.streaming else response.content
    return response.status_code, shown.decode(errors="replace")


@pytest.mark.parametrize(("who", "where", "how"), READ)
class TestWithdrawnConsent:
    def test_bites_at_the_next_request_until_she_gives_it_again(
        self, town: Town, who: str, where: str, how: str
    ) -> None:
        before, shown = look(town, who, where)
        with town.consent_withdrawn():
            meanwhile, left = look(town, who, where)
        after, shown_again = look(town, who, where)

        assert (before, after) == (200, 200)
        assert meanwhile == (403 if how == "refused" else 200)
        assert how == "refused" or town.health_in(shown)
        assert town.health_in(shown_again) == town.health_in(shown)
        assert town.health_in(left) == []


class TestWhoRunsTheHouse:
    def test_is_shown_of_her_record_only_what_the_register_says(self, town: Town) -> None:
        shown = {
            where: found
            for where in [*API, *CONSOLE]
            if (found := town.health_in(look(town, "administrator", where)[1]))
        }

        assert shown.keys() == {
            "console/residents/<uuid:resident_id>/",
            "console/residents/<uuid:resident_id>/change",
        }


@pytest.mark.parametrize("who", WHO)
class TestNobodyInTheHouse:
    def test_is_shown_anything_of_her_record_anywhere_while_it_is_withdrawn(
        self, town: Town, who: str
    ) -> None:
        with town.consent_withdrawn():
            leaks = {
                where: found
                for where in [*API, *CONSOLE]
                if (found := town.health_in(look(town, who, where)[1]))
            }

        assert leaks == {}
