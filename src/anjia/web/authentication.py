"""From a token to an actor: the only place where who is asking is looked up."""

import json
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils import timezone

from anjia.identity.commands import note_use
from anjia.identity.proofs import token_hash
from anjia.identity.queries import SESSION_COLUMNS, SignedIn
from anjia.identity.roles import permissions_of
from anjia.identity.rules import OWN_ACCOUNT, AccountKind
from anjia.kernel.actors import Actor, Kind, system
from anjia.kernel.errors import NotFound
from anjia.kernel.planned import at_the_door
from anjia.kernel.work import acting
from anjia.residents.queries import Acting

# Who comes in with a token, which member of staff she is, and whom she may act for: each context has its function,
# that looks with the system's eyes, and every request begins with this one statement.
WHO: Final = f"""
    SELECT CASE WHEN s.kind = 'staff' THEN workforce_staff_of(s.account_id, s.organization_id) END,
           CASE WHEN s.kind = 'person' THEN residents_people_of(s.account_id, %s) END,
           {SESSION_COLUMNS}
    FROM identity_session_of(%s, %s) s
"""
# What a grant allows, in permissions of the role "family".
ALLOWED_BY: Final = {
    "visits": {"visits.read", "quality.rate"},
    "book": {
        "visits.book",
        "visits.cancel",
        "dispatch.read",
        "dispatch.book",
        "residents.add_address",
        "enrolment.answer",
    },
    "record": {"records.read", "orders.read"},
}
# Whom else to let in and what to agree to, only she herself decides, or who stands in law in her place.
HERS_ALONE: Final = frozenset({"residents.grant", "residents.consent"})


@dataclass(frozen=True, slots=True)
class LivePass:
    """Whose changes an open live stream may be told of. Permissions are part of it: with others it begins anew."""

    account_id: UUID
    organization_id: UUID
    resident_ids: frozenset[UUID] | None
    permissions: frozenset[str]


def actor_of_request(token: str, *, acting_for: str | None = None) -> Actor | None:
    """
    Return who asks with this session's token, or None if it is no longer good.

    :raises NotFound: if `acting_for` is nobody that the account may act for
    """
    now = timezone.now()
    row = at_the_door(WHO, [now, token_hash(token), now])
    signed_in = SignedIn.of(row[2:], now) if row else None
    if signed_in is None or signed_in.is_locked:
        return None
    staff_id, people = row[:2]
    if signed_in.kind is AccountKind.STAFF:
        actor = member(signed_in, staff_id)
    else:
        actor = person(signed_in, [Acting.of(*one) for one in json.loads(people)], acting_for)
    if signed_in.use_is_stale:
        acting(system(), now).do(note_use, session_id=signed_in.session_id)
    return actor


def member(signed_in: SignedIn, staff_id: UUID | None) -> Actor:
    return Actor(
        user_id=signed_in.account_id,
        organization_id=signed_in.organization_id,
        permissions=signed_in.permissions,
        kind=Kind.STAFF,
        # Who may not look up residents sees those of her own visits only: visits let her.
        resident_ids=None if "residents.read" in signed_in.permissions else frozenset(),
        staff_id=staff_id,
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
    if found is None:
        return None
    return LivePass(found.user_id, found.organization_id, found.resident_ids, found.permissions)
