"""Who must hold which certificate, from when on."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.catalogue.queries import current_version
from anjia.clinical.professions import PROFESSIONS
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.calendar import day_of
from anjia.kernel.database import refuse_if_broken
from anjia.kernel.errors import NotFound
from anjia.kernel.work import command
from anjia.learning.events import CourseBound
from anjia.learning.models import Binding
from anjia.learning.rules.binding import BindingInvalid, BoundAlready, check_binding
from anjia.learning.writing import offered_for_update
from anjia.workforce.queries import get_staff_member


@command("learning.manage")
def bind_course(
    actor: Actor,
    now: datetime,
    *,
    code: str,
    since: date,
    kind: str = "",
    service_code: str = "",
    staff_id: UUID | None = None,
    why: str = "",
) -> Binding:
    """
    Say who must hold the course's certificate from a day on: all of a kind, all who do a service, or one person.

    :raises NotFound: if there is no such course
    :raises BindingInvalid: naming what is wrong
    :raises BoundAlready: if the same has been said
    """
    course, _version = offered_for_update(actor, code=code)
    check_binding(
        kind=kind,
        service_code=service_code,
        is_somebody=staff_id is not None,
        since=since,
        today=day_of(now),
        kinds=map(str, PROFESSIONS),
    )
    _check_there(actor, service_code, staff_id)
    with refuse_if_broken({"binding_once": BoundAlready}):
        row = Binding.objects.create(
            organization_id=actor.organization_id,
            course=course,
            kind=kind,
            service_code=service_code,
            staff_id=staff_id,
            since=since,
            why=why[:200],
            set_by=actor.user_id,
            set_at=now,
        )
    audit.record("learning.course.required", actor=actor, at=now, subject_id=course.id, fields=["since"])
    events.publish(CourseBound(course_id=course.id, at=now), actor=actor)
    return row


def _check_there(actor: Actor, service_code: str, staff_id: UUID | None) -> None:
    """:raises BindingInvalid: if the service is not offered, or the person does not work here"""
    if service_code:
        try:
            current_version(actor, Purpose.CONTRACT, code=service_code)
        except NotFound:
            raise BindingInvalid(fields={"service_code": _("请从现在提供的服务里选。")}) from None
    if staff_id:
        try:
            get_staff_member(actor, Purpose.CONTRACT, staff_id=staff_id)
        except NotFound:
            raise BindingInvalid(fields={"staff_id": _("请从名单里选一位。")}) from None


@command("learning.manage")
def end_binding(actor: Actor, now: datetime, *, binding_id: UUID) -> Binding:
    """
    Ask for it no more. Twice is as once.

    :raises NotFound: if nobody has asked for it here
    """
    rows = Binding.objects.filter(organization_id=actor.organization_id, id=binding_id)
    row = rows.select_for_update().first()
    if row is None:
        raise NotFound
    if row.ended_at is None:
        row.ended_by, row.ended_at = actor.user_id, now
        row.save(update_fields=["ended_by", "ended_at"])
        audit.record(
            "learning.course.waived", actor=actor, at=now, subject_id=row.course_id, fields=["ended_at"]
        )
        events.publish(CourseBound(course_id=row.course_id, at=now), actor=actor)
    return row
