"""The record, as its person sees it in the client."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router, Schema

from anjia.kernel import http
from anjia.kernel.actors import Purpose
from anjia.kernel.errors import NotFound
from anjia.kernel.http import AuthedRequest
from anjia.records import queries

router = Router(tags=["records"])


class LatestOut(Schema):
    value: str
    unit: str
    at: datetime
    alert: str | None


class SummaryLineOut(Schema):
    code: str
    name: str
    latest: LatestOut
    sentence: str


class BandOut(Schema):
    low: float | None
    high: float | None
    high_included: bool
    set_by: str
    source: str
    words: str
    evidence: str


class BandsOut(Schema):
    systolic: BandOut | None = None
    diastolic: BandOut | None = None


class TrendPointOut(Schema):
    at: datetime
    value: float | None
    systolic: float | None
    diastolic: float | None
    source: str
    device: str
    out_of_band: bool | None
    alert: str | None


class TrendOut(Schema):
    code: str
    name: str
    unit: str
    days: int
    band: BandOut | None
    bands: BandsOut | None
    band_missing: str
    sentence: str
    points: list[TrendPointOut]


def own_resident(request: AuthedRequest) -> UUID:
    """:raises NotFound: if the request is about nobody"""
    if request.auth.resident_id is None:
        raise NotFound
    return request.auth.resident_id


@router.get("/record/summary", response={200: list[SummaryLineOut]})
def summary(request: AuthedRequest) -> HttpResponse:
    """Tell the latest of everything that was measured, each with a sentence."""
    return http.ask(
        request,
        queries.summary,
        list[SummaryLineOut],
        Purpose.ACCESS,
        resident_id=own_resident(request),
        now=timezone.now(),
    )


@router.get("/record/trends/{code}", response={200: TrendOut})
def trend(
    request: AuthedRequest, code: str, days: Annotated[int, Query(ge=1, le=queries.LONGEST)] = 90
) -> HttpResponse:
    """Tell how one thing went: a sentence, the target with who set it, and the points. `bp` is blood pressure."""
    return http.ask(
        request,
        queries.trend,
        TrendOut,
        Purpose.ACCESS,
        resident_id=own_resident(request),
        code=code,
        now=timezone.now(),
        days=days,
    )
