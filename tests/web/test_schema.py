"""
Rubbish of every shape, thrown at every operation: never a crash, never an answer that is not documented.

Ids are the town's own, or an unknown id would be all that is ever answered. It changes the town, and so does it in a
copy of it.
"""

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


def with_ids_of(town: Town, case: Any) -> None:
    """Put the town's ids where an id is asked for; the rest stays as it was made up."""
    path = case.operation.path
    holes = [hole for hole in case.path_parameters if hole.endswith("_id")]
    case.path_parameters |= {hole: str(town.id_for(path, hole)) for hole in holes}
    for asked in (case.query, case.body):
        for name in asked if isinstance(asked, dict) else ():
            if isinstance(asked[name], str) and name in town.ids:
                asked[name] = str(town.ids[name])


@schema.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_input_breaks_an_operation(case: Any, changing_town: Town) -> None:
    of_caregivers = case.operation.path.startswith(("/api/v1/work/", "/api/v1/files"))
    who = "nurse" if of_caregivers else "resident"  # past the door, so that there is something to break
    with_ids_of(changing_town, case)

    response = case.call(headers={"Authorization": f"Bearer {changing_town.token_of(who)}"})

    case.validate_response(response, checks=[not_a_server_error, status_code_conformance])
