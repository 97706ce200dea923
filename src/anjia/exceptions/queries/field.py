"""What a caregiver sees of exceptions on her phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from anjia.exceptions.listing import of_visits
from anjia.exceptions.models import VisitException
from anjia.exceptions.rules.forms import FORMS
from anjia.exceptions.rules.steps import FLOWS
from anjia.exceptions.shapes import OfVisit
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotAllowed
from anjia.visits.queries import get_promise
from anjia.visits.rules.exceptions import WORDS_OF_EXCEPTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    value: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldCarried:
    name: str
    ask: str
    words: str
    is_required: bool
    choices: Sequence[Choice]
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FormCarried:
    """A form as the phone carries it: `first` is what happens as soon as it is sent."""

    kind: str
    words: str
    first: str
    fields: Sequence[FieldCarried]


def forms_to_carry(actor: Actor, purpose: Purpose) -> list[FormCarried]:
    """
    Return the form of each kind, in the reader's language.

    :raises NotAllowed: without `visits.record`
    """
    if not actor.may("visits.record"):
        raise NotAllowed
    return [
        FormCarried(
            kind=kind.value,
            words=str(WORDS_OF_EXCEPTION[kind]),
            first=str(FLOWS[kind].steps[0].words),
            fields=[
                FieldCarried(
                    name=one.name,
                    ask=one.ask.value,
                    words=str(one.words),
                    is_required=one.is_required,
                    choices=[Choice(value=key, words=str(words)) for key, words in one.choices.items()],
                    low=one.low,
                    high=one.high,
                )
                for one in fields
            ],
        )
        for kind, fields in FORMS.items()
    ]


def exceptions_of_own_visit(
    actor: Actor, purpose: Purpose, *, visit_id: UUID, now: datetime
) -> list[OfVisit]:
    """
    Return what came in between at a visit of hers, or that she has said of one, the latest first.

    :raises NotAllowed: without `visits.record`, or if she has nothing to do with it
    :raises NotFound: if there is no such visit
    """
    if not actor.may("visits.record") or actor.staff_id is None:
        raise NotAllowed
    promise = get_promise(actor, purpose, visit_id=visit_id)
    rows = VisitException.objects.filter(organization_id=actor.organization_id, visit_id=visit_id)
    is_hers = any(one.staff_id == actor.staff_id for one in promise.crew)
    if not is_hers and not rows.filter(staff_id=actor.staff_id).exists():
        raise NotAllowed
    return of_visits(actor, purpose, visit_ids=[visit_id], now=now).get(visit_id, [])
