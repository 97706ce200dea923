"""Rubbish of every shape, thrown at every operation: never a crash, never an answer that is not documented."""

from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import status_code_conformance

from anjia.web.api import api
from tests.web.town import Town

pytestmark = pytest.mark.filterwarnings("ignore")  # schemathesis's own

schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
application = cache(get_wsgi_application)
schema.app = lambda environ, start_response: application()(environ, start_response)


@schema.parametrize()
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_input_breaks_an_operation(case: Any, town: Town) -> None:
    who = (
        "nurse" if "/work/" in case.path else "resident"
    )  # who gets past the door, so that there is something to break

    response = case.call(headers={"Authorization": f"Bearer {town.token_of(who)}"})

    case.validate_response(response, checks=[not_a_server_error, status_code_conformance])
