"""From a token to an actor: the only place where who is asking is looked up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from anjia.identity.commands import note_use
from anjia.identity.queries import SignedIn, actor_of_session
from anjia.identity.roles import permissions_of
from anjia.identity.rules import OWN_ACCOUNT, AccountKind
from anjia.kernel.actors import Actor, Kind, Purpose, system
from anjia.kernel.errors import NotFound
from anjia.kernel.work import acting
from anjia.residents.queries import Acting, people_of_account
from anjia.workforce.queries import staff_of_account

# What a grant allows, in permissions of the role "family".
ALLOWED_BY: Final = {
    "visits": {"visits.read", "quality.rate"},
    "book": {"visits.book", "visits.cancel", "dispatch.read", "dispatch.book", "residents.add_address"},
    "record": {"records.read"},
}
# Whom else to let in and what to agree to, only she herself decides, or who stands in law in her place.
HERS_ALONE: Final = frozenset({"residents.grant", "residents.consent"})


@dataclass(frozen=True, slots=True)
class LivePass:
    """Whose changes an open live stream may be told of. Permissions are part of it: with others it begins anew."""

    organization_id: UUID
    resident_ids: frozenset[UUID] | None
    permissions: frozenset[str]


def actor_of_request(token: str, *, acting_for: str | None = None) -> Actor | None:
    """
    Return who asks with this session's token, or None if it is no longer good.

    :raises NotFound: if `acting_for` is nobody that the account may act for
    """
    now = timezone.now()
    found = acting(system(), now).ask(look_up, token=token, acting_for=acting_for, now=now)
    if found is None:
        return None
    actor, use_is_stale = found
    if use_is_stale and actor.session_id:
        acting(system(), now).do(note_use, session_id=actor.session_id)
    return actor


def look_up(actor: Actor, *, token: str, acting_for: str | None, now: datetime) -> tuple[Actor, bool] | None:
    signed_in = actor_of_session(actor, Purpose.LEGAL, token=token, now=now)
    if signed_in is None or signed_in.is_locked:
        return None
    if signed_in.kind is AccountKind.STAFF:
        return member(actor, signed_in), signed_in.use_is_stale
    people = people_of_account(actor, Purpose.LEGAL, account_id=signed_in.account_id, now=now)
    return person(signed_in, people, acting_for), signed_in.use_is_stale


def member(actor: Actor, signed_in: SignedIn) -> Actor:
    return Actor(
        user_id=signed_in.account_id,
        organization_id=signed_in.organization_id,
        permissions=signed_in.permissions,
        kind=Kind.STAFF,
        # Who may not look up residents sees those of her own visits only: visits let her.
        resident_ids=None if "residents.read" in signed_in.permissions else frozenset(),
        staff_id=staff_of_account(
            actor,
            Purpose.LEGAL,
            account_id=signed_in.account_id,
            organization_id=signed_in.organization_id,
        ),
        session_id=signed_in.session_id,
    )


def person(signed_in: SignedIn, people: list[Acting], acting_for: str | None) -> Actor:
    """Return the person acting for herself, for the one she asks to act for, or for nobody yet."""
    chosen = people[0] if people else None
    if acting_for:
        chosen = next((one for one in people if str(one.resident_id) == acting_for), None)
        if chosen is None:
            raise NotFound
    if chosen is None:
        return Actor(
            user_id=signed_in.account_id,
            organization_id=signed_in.organization_id,
            permissions=frozenset({OWN_ACCOUNT}),
            kind=Kind.PERSON,
            resident_ids=frozenset(),
            session_id=signed_in.session_id,
        )
    return Actor(
        user_id=signed_in.account_id,
        organization_id=chosen.organization_id,
        permissions=permissions_for(chosen),
        kind=Kind.PERSON,
        resident_id=chosen.resident_id,
        resident_ids=frozenset({chosen.resident_id}),
        session_id=signed_in.session_id,
    )


def permissions_for(chosen: Acting) -> frozenset[str]:
    if chosen.relation in {"self", "guardian"}:
        return permissions_of("resident")
    granted = frozenset().union(*(ALLOWED_BY.get(what, set()) for what in chosen.allows))
    limited = HERS_ALONE.union(*ALLOWED_BY.values())
    return permissions_of("family") - (limited - granted)


def live_pass(token: str, acting_for: str = "") -> LivePass | None:
    """Return whose changes the session may be told of, or None if it is no longer good, or not for that person."""
    try:
        found = actor_of_request(token, acting_for=acting_for or None)
    except NotFound:
        return None
    return LivePass(found.organization_id, found.resident_ids, found.permissions) if found else None
