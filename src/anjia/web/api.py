"""The HTTP API: every context's router, one way to authenticate, one way to say no."""

import json
import math
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, NoReturn

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.security import HttpBearer

from anjia.kernel.actors import Actor
from anjia.kernel.errors import DomainError, SignInNeeded, Unreadable
from anjia.kernel.http import Refusal, is_text
from anjia.web.authentication import actor_of_request

# In the order of the document.
ROUTERS: Final = [
    "identity",
    "residents",
    "catalogue",
    "dispatch",
    "series",
    "visits",
    "exceptions",
    "orders",
    "supplies",
    "learning",
    "records",
    "messaging",
    "emergencies",
    "enrolment",
    "quality",
    "simulation",
    "web",
]


REFUSALS: Final = {
    400: "The request cannot be read.",
    401: "Nobody is signed in, or the session is over.",
    403: "The asker may not do this, or the person has not agreed.",
    404: "It is not there, or not the asker's to know of.",
    409: "A rule says no; `code` says which.",
    413: "It is too large.",
    415: "It is not of a kind that is kept.",
    422: "Something was put in wrong; `fields` says what.",
    429: "Too many attempts.",
    503: "Too busy, or a service outside does not answer. Try again.",
}


class Bearer(HttpBearer):
    """A session's token. Who it is, is looked up once per request and kept nowhere."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        return actor_of_request(token, acting_for=request.headers.get("X-Acting-For"))


class TextOnly(Parser):
    """Bodies of words that can be kept, and of numbers that are some: no NUL, no half characters, no NaN."""

    def parse_body(self, request: HttpRequest) -> Any:
        said = json.loads(request.body, parse_constant=_no_number, parse_float=_number)
        if not is_text(said):
            raise Unreadable
        return said


def _number(word: str) -> float:
    """:raises Unreadable: if it is larger than any number that can be kept: 1e999"""
    value = float(word)
    if math.isinf(value):
        raise Unreadable
    return value


def _no_number(word: str) -> NoReturn:
    raise Unreadable


def refusals_of(method: str, operation: dict[str, Any]) -> set[int]:
    """Return with which of these an operation may be refused: by who may ask, by what is put in, by what it does."""
    kinds = operation.get("requestBody", {}).get("content", {})
    found = {503}
    found |= {401, 403, 404} if operation.get("security") else {429}
    found |= {409, 422} if method != "get" else set()
    found |= {400, 413} if kinds else set()
    found |= {415} if "multipart/form-data" in kinds else set()
    for parameter in operation.get("parameters", []):
        found |= {404, 422} if parameter["in"] == "path" else {400, 422}
    return found


class Api(NinjaAPI):
    """Every refusal looks the same: said once, for all."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        shape = Refusal.model_json_schema()
        schema["components"]["schemas"]["Refusal"] = shape
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
        for ways in schema["paths"].values():
            for method, operation in ways.items():
                for status in sorted(refusals_of(method, operation)):
                    said = {"description": REFUSALS[status], "content": content}
                    operation["responses"].setdefault(status, said)
        return schema


api = Api(
    title="Anjia 安家",
    version="1",
    description="Everything the resident and caregiver clients use.",
    auth=Bearer(),
    urls_namespace="api",
    parser=TextOnly(),
    docs_url=None,
    openapi_url="openapi.json",
)
for name in ROUTERS:
    if find_spec(f"anjia.{name}.http"):
        api.add_router("", import_module(f"anjia.{name}.http").router)


@api.exception_handler(DomainError)
def refuse(request: HttpRequest, error: DomainError) -> HttpResponse:
    said = {"code": error.code, "detail": error.detail, "fields": error.fields}
    return api.create_response(request, said, status=error.status)


@api.exception_handler(AuthenticationError)
def ask_who(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return refuse(request, SignInNeeded())


@api.exception_handler(ValidationError)
def name_the_fields(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Say which inputs are wrong, and never repeat what was put in: it may be personal."""
    fields = {".".join(map(str, wrong["loc"][-2:])): str(wrong["msg"]) for wrong in error.errors}
    said = {"code": "invalid", "detail": _("有几项填得不对，改好再试一次。"), "fields": fields}
    return api.create_response(request, said, status=422)


@api.exception_handler(HttpError)
def refuse_plainly(request: HttpRequest, error: HttpError) -> HttpResponse:
    said: dict[str, Any] = {"code": Unreadable.code, "detail": str(Unreadable.words), "fields": {}}
    return api.create_response(request, said, status=error.status_code)
