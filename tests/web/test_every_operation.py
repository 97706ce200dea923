"""
A walk over every operation of the API's document, as people whose business it is not.

A new operation is walked over without a line here; a new id in a path must be given one of the demo's town.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from anjia.web.api import api
from tests.web.town import Town
from tests.web.watching import Watch

pytestmark = pytest.mark.usefixtures("town")

SCHEMA = api.get_openapi_schema()
OPEN = {"sign-in", "demo"}  # what may be asked without having signed in
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    said: dict[str, Any]

    @property
    def is_open(self) -> bool:
        return not self.said.get("security")

    @property
    def holes(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)


OPERATIONS = [
    Operation(method, path, said)
    for path, ways in sorted(SCHEMA["paths"].items())
    for method, said in ways.items()
    if method in METHODS
]
CLOSED = [operation for operation in OPERATIONS if not operation.is_open]


def named(operation: Operation) -> str:
    return f"{operation.method} {operation.path.removeprefix('/api/v1/')}"


def ask(operation: Operation, town: Town, token: str | None = None, **headers: str) -> Any:
    """Ask for the operation with ids of the town's resident wherever an id is asked for."""
    path = operation.path
    for hole in operation.holes:
        path = path.replace("{" + hole + "}", str(town.id_for(operation.path, hole)))
    query = {
        parameter["name"]: town.value_for(parameter["name"], resolved(parameter["schema"]))
        for parameter in operation.said.get("parameters", [])
        if parameter["in"] == "query" and (parameter.get("required") or parameter["name"] in town.ids)
    }
    if token:
        headers["Authorization"] = f"Bearer {token}"
    client = Client(raise_request_exception=False, headers=headers)
    if operation.method == "get":
        return client.get(path, query)
    content = operation.said.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        return client.post(path, {"file": town.photo(), "visit_id": town.ids["visit_id"]})
    body = sample(content.get("application/json", {}).get("schema", {}), town)
    return client.generic(operation.method.upper(), path, json.dumps(body), content_type="application/json")


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = SCHEMA["components"]["schemas"][schema["$ref"].split("/")[-1]]
    for way in ("anyOf", "allOf", "oneOf"):
        if way in schema:
            return resolved(next(one for one in schema[way] if one.get("type") != "null"))
    return schema


def sample(schema: dict[str, Any], town: Town, name: str = "") -> Any:
    schema = resolved(schema)
    if isinstance(town.ids.get(name), dict):
        return town.ids[name]
    if schema.get("type") == "object" or "properties" in schema:
        return {key: sample(one, town, key) for key, one in schema.get("properties", {}).items()}
    if schema.get("type") == "array":
        return [sample(schema.get("items", {}), town, name)]
    return town.value_for(name, schema)


@pytest.fixture(params=CLOSED, ids=named)
def operation(request: pytest.FixtureRequest) -> Operation:
    found: Operation = request.param
    return found


@pytest.fixture(scope="class")
def watch() -> Watch:
    return Watch()


def test_there_is_something_to_walk_over() -> None:
    assert len(OPERATIONS) >= 30


def test_only_signing_in_asks_nobody_to_be_signed_in() -> None:
    opened = {one.path.removeprefix("/api/v1/").split("/")[0] for one in OPERATIONS if one.is_open}
    assert opened == OPEN


class TestWithoutSigningIn:
    def test_is_asked_to_sign_in(self, operation: Operation, town: Town) -> None:
        response = ask(operation, town)

        assert response.status_code == 401
        assert response.json()["code"] == "sign_in_needed"

    def test_is_asked_to_sign_in_with_a_token_of_no_session(self, operation: Operation, town: Town) -> None:
        assert ask(operation, town, "x" * 43).status_code == 401


class TestStrangers:
    @pytest.mark.parametrize(
        "who",
        [
            "administrator of another institution",
            "resident of another institution",
            "neighbour",
            "member without a role",
            "daughter whose grant was withdrawn",
        ],
    )
    def test_learn_nothing_and_change_nothing(
        self, operation: Operation, town: Town, who: str, watch: Watch
    ) -> None:
        with watch.nothing_changes(Town.state, town):
            response = ask(operation, town, town.token_of(who))

        assert response.status_code < 500
        assert response.status_code in map(int, operation.said["responses"])
        assert town.secrets_in(response.content.decode()) == []

    def test_cannot_act_for_her(self, operation: Operation, town: Town) -> None:
        headers = {"X-Acting-For": str(town.ids["resident_id"])}

        for who in ["neighbour", "daughter whose grant was withdrawn"]:
            response = ask(operation, town, town.token_of(who), **headers)

            assert response.status_code == 404
            assert town.secrets_in(response.content.decode()) == []
