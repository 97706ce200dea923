"""What families said of visits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from anjia.kernel import access
from anjia.kernel.actors import Actor, Kind, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.quality.models import FamilyForm
from anjia.quality.rules import CHANGE_WITHIN
from anjia.visits.queries import get_visit


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnForm:
    """What somebody has said as family, and whether she may still change it."""

    form: FamilyForm
    can_change: bool

    def __getattr__(self, name: str) -> Any:
        return getattr(self.form, name)


def my_family_form(actor: Actor, purpose: Purpose, *, visit_id: UUID, now: datetime) -> OwnForm | None:
    """
    Return what the actor has said of the visit as family, or None.

    :raises NotFound: if the visit is not the actor's to see
    """
    get_visit(actor, purpose, visit_id=visit_id)
    form = FamilyForm.objects.filter(visit_id=visit_id, account_id=actor.user_id).first()
    return OwnForm(form=form, can_change=now < form.said_at + CHANGE_WITHIN) if form else None


def family_forms_of_visit(actor: Actor, purpose: Purpose, *, visit_id: UUID) -> list[FamilyForm]:
    """
    Return what each of her family said of one visit, for those who look after quality or call back.

    :raises NotAllowed: for persons, and without `quality.read` or `quality.call_back`
    """
    if actor.kind is Kind.PERSON or not (actor.may("quality.read") or actor.may("quality.call_back")):
        raise NotAllowed
    visit = get_visit(actor, purpose, visit_id=visit_id)
    access.note(actor, purpose, resident_ids=[visit.resident_id], what="quality.family")
    return list(FamilyForm.objects.filter(visit_id=visit_id).order_by("said_at", "id"))
