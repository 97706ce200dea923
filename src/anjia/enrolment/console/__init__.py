"""The console's pages of programmes and those who are recruited: translate, one call, show or go on."""

from typing import Final

from django.urls import path

from anjia.enrolment.console import candidates, programmes

app_name = "enrolment"

ONE: Final = "programmes/<uuid:programme_id>"
HER: Final = "candidates/<uuid:candidate_id>"
urlpatterns = [
    path("", programmes.listed, name="list"),
    path("open", programmes.open_one, name="open"),
    path("channels", programmes.add_channel, name="add_channel"),
    path("channels/<uuid:channel_id>/retire", programmes.retire_channel, name="retire_channel"),
    path(ONE, programmes.programme, name="programme"),
    path(f"{ONE}/change", programmes.change, name="change"),
    path(f"{ONE}/close", programmes.close, name="close"),
    path(f"{ONE}/find", programmes.find, name="find"),
    path(f"{ONE}/add", programmes.add_candidate, name="add"),
    path(HER, candidates.candidate, name="candidate"),
    path(f"{HER}/screen", candidates.screen, name="screen"),
    path(f"{HER}/take", candidates.take, name="take"),
    path(f"{HER}/leave", candidates.leave, name="leave"),
    path(f"{HER}/again", candidates.again, name="again"),
    path(f"{HER}/screenings/<uuid:screening_id>/settle", candidates.settle, name="settle"),
    path(f"{HER}/screenings/<uuid:screening_id>/appeal", candidates.appeal, name="appeal"),
    path(f"{HER}/appeals/<uuid:appeal_id>/answer", candidates.answer_appeal, name="answer_appeal"),
]
