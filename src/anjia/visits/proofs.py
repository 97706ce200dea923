"""What a fact from the field proves by what we have: the code, the card, the place, the photo."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from anjia.kernel import encryption, files
from anjia.kernel.actors import Actor, Purpose
from anjia.kernel.errors import NotFound
from anjia.residents.queries import get_address, resident_of_card
from anjia.visits.models import FieldFact, Visit
from anjia.visits.rules.arrival import (
    Arrival,
    CodeTrouble,
    Evidence,
    Grade,
    arrival_of,
    distance_m,
    is_familys,
    trouble_with_code,
)
from anjia.workforce.queries import get_staff_member


@dataclass(frozen=True, slots=True)
class Proofs:
    """What was said at one visit, held against what the actor may know of."""

    actor: Actor
    visit: Visit

    def arrival(self, fact: FieldFact) -> tuple[Arrival, CodeTrouble | None]:
        said = fact.content
        trouble = None
        if said["proof"] == "dynamic_qr":
            trouble = trouble_with_code(
                said.get("payload") or "", visit_id=self.visit.id, at=fact.at, sign=sign_door_code
            )
        has_code = said["proof"] == "dynamic_qr" and trouble is None
        of_family = is_familys(said.get("payload") or "")
        position = said.get("position")
        evidence = Evidence(
            code_is_good=has_code and not of_family,
            family_code_is_good=has_code and of_family,
            card_is_good=said["proof"] == "household_card" and self.card_is_good(said.get("card") or ""),
            has_photo=self.has_image(fact, by_author=True),
            has_reason=bool(said.get("reason")),
            distance_m=self.distance(position) if position else None,
            accuracy_m=position.get("accuracy_m") if position else None,
        )
        return arrival_of(evidence), trouble

    def author_of(self, fact: FieldFact) -> UUID | None:
        """Return the account of who says it, which is the one that must have sent its photo."""
        if fact.staff_id == self.actor.staff_id:
            return self.actor.user_id
        return get_staff_member(self.actor, Purpose.CONTRACT, staff_id=fact.staff_id).account_id

    def grade_of(self, fact: FieldFact) -> str:
        """Return what the fact proves by now: more than when we heard of it, if its photo came after it."""
        if fact.grade != Grade.STATED or not fact.content.get("file_id"):
            return fact.grade
        return self.arrival(fact)[0].grade.value

    def has_image(self, fact: FieldFact, *, by_author: bool = False) -> bool:
        """Tell whether the fact names a picture that we have, of this resident; and, if asked, of who says it."""
        if not fact.content.get("file_id"):
            return False
        try:
            stored = files.get_stored(
                self.actor, Purpose.CONTRACT, file_id=UUID(str(fact.content["file_id"]))
            )
        except NotFound:
            return False
        is_right = stored.resident_id == self.visit.resident_id and stored.content_type.startswith("image/")
        return is_right and (not by_author or stored.stored_by == self.author_of(fact))

    def card_is_good(self, card: str) -> bool:
        return resident_of_card(self.actor, Purpose.CARE, payload=card) == self.visit.resident_id

    def distance(self, position: Mapping[str, float]) -> float | None:
        point = get_address(self.actor, Purpose.CARE, address_id=self.visit.address_id).point
        if not point:
            return None
        return distance_m((position["latitude"], position["longitude"]), (point["lat"], point["lon"]))


def sign_door_code(message: bytes) -> bytes:
    return encryption.mac("door code", message)
