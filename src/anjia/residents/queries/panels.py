"""Questions about many residents at once, for lists of work."""

from collections.abc import Iterable
from uuid import UUID

from anjia.kernel.actors import NEEDS_CONSENT, Actor, Purpose
from anjia.residents.models import Consent
from anjia.residents.rules import ConsentState, state_of


def who_consent(actor: Actor, purpose: Purpose, *, resident_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of these residents whose record may be read for this purpose, in one statement."""
    seen = {resident_id for resident_id in resident_ids if actor.sees(resident_id)}
    if purpose not in NEEDS_CONSENT:
        return seen
    rows = Consent.objects.filter(
        organization_id=actor.organization_id, resident__in=seen, purpose=purpose.value
    )
    last = rows.order_by("resident", "-answered_at", "-id").distinct("resident")
    return {
        answer.resident_id
        for answer in last
        if state_of(purpose, answer.state, answer.text_version) is ConsentState.GIVEN
    }
