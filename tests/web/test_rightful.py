"""
The same walk as the rightful person: so that the ids and bodies it is made with are sound, and only who asks is wrong.

It changes the town, and so walks in a copy of it.
"""

from typing import Final

import pytest

from tests.web.test_every_operation import CLOSED, Operation, ask, named
from tests.web.town import Town

OF_CAREGIVERS: Final = ("/api/v1/work/", "/api/v1/files", "/api/v1/performance")
DONE_OR_A_RULE: Final = {200, 201, 202, 409}  # a rule may say no: "it is cancelled already"
# What the demo's cast cannot do, whoever asks: no WeChat is connected, and nobody has signed in with a password.
# And what she herself is not asked: it is her family's to say.
NOT_IN_A_DEMO: Final = {
    "post me/wechat": 422,
    "post sign-in/scans/{ticket}/confirm": 403,
    "post visits/{visit_id}/family-form": 403,
}


# What is asked comes before what changes: a visit that has been moved may be another nurse's.
IN_ORDER: Final = sorted(
    CLOSED, key=lambda operation: (operation.method != "get", not operation.path.endswith("/work/sos"))
)


@pytest.mark.parametrize("operation", IN_ORDER, ids=named)
class TestWhoMay:
    def test_gets_past_every_door(self, operation: Operation, changing_town: Town) -> None:
        who = "nurse" if operation.path.startswith(OF_CAREGIVERS) else "resident"
        who = "doctor" if operation.path.startswith("/api/v1/doctor/") else who

        response = ask(operation, changing_town, changing_town.token_of(who))

        expected = NOT_IN_A_DEMO.get(named(operation))
        assert response.status_code in ({expected} if expected else DONE_OR_A_RULE), response.json()
