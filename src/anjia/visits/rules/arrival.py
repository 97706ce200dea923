"""How sure we are that the caregiver stood at the right door. A poor proof asks for a reason; it never stops care."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

# [ENG] 民政/卫健 documents ask for 定位 and 留痕 without a distance; 50 m (Axxess) is too tight between towers.
NEAR_M: Final = 200
POOR_ACCURACY_M: Final = 100
STEP_SECONDS: Final = 60
STEPS_OF_GRACE: Final = 1
# How a code begins that her own phone shows, and one that somebody's shows who acts for her.
HERS: Final = "AJ1"
FAMILYS: Final = "AJF"
EARTH_M: Final = 6_371_008.8

Sign = Callable[[bytes], bytes]


class Grade(StrEnum):
    """Proofs of arrival, the best first. Her signature comes last, and makes the photo a better proof."""

    DYNAMIC_QR = "dynamic_qr"
    HOUSEHOLD_CARD = "household_card"
    FAMILY_QR = "family_qr"  # and position: the family may be in another city
    PHOTO_AND_SIGNATURE = "photo_and_signature"  # and position
    POSITION_AND_PHOTO = "position_and_photo"
    PHOTO_AND_REASON = "photo_and_reason"
    STATED = "stated"


BEST_FIRST: Final = tuple(Grade)


class CodeTrouble(StrEnum):
    WRONG_CODE = "wrong_code"
    OTHER_VISIT = "code_of_other_visit"
    OLD_CODE = "old_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    latitude: float
    longitude: float
    accuracy_m: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was at hand at the door. `distance_m` is None where the phone or the address has no position."""

    code_is_good: bool = False  # shown by her own phone
    family_code_is_good: bool = False
    card_is_good: bool = False
    has_photo: bool = False
    has_reason: bool = False
    distance_m: float | None = None
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    grade: Grade
    lacks_reason: bool


def distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the metres between two points (latitude, longitude), as the crow flies."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*one, *other))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(h)))


def is_near(evidence: Evidence) -> bool:
    return (
        evidence.distance_m is not None
        and evidence.distance_m <= NEAR_M
        and (evidence.accuracy_m or 0) <= POOR_ACCURACY_M
    )


def arrival_of(evidence: Evidence) -> Arrival:
    """Return the best grade that the evidence bears, and whether a reason is still owed."""
    near = is_near(evidence)
    if evidence.code_is_good:
        return Arrival(grade=Grade.DYNAMIC_QR, lacks_reason=False)
    if evidence.card_is_good and near:
        return Arrival(grade=Grade.HOUSEHOLD_CARD, lacks_reason=False)
    if evidence.family_code_is_good and near:
        return Arrival(grade=Grade.FAMILY_QR, lacks_reason=False)
    if near and evidence.has_photo:
        return Arrival(grade=Grade.POSITION_AND_PHOTO, lacks_reason=False)
    if evidence.has_photo and evidence.has_reason:
        return Arrival(grade=Grade.PHOTO_AND_REASON, lacks_reason=False)
    return Arrival(grade=Grade.STATED, lacks_reason=not evidence.has_reason)


def best_grade(grades: Iterable[str], *, is_signed: bool) -> str:
    """Return the best of the visit's proofs; position and photo are as good as a card only with her signature."""
    said = set(grades)
    best = next((grade for grade in BEST_FIRST if grade.value in said), None)
    if best is Grade.POSITION_AND_PHOTO and is_signed:
        return Grade.PHOTO_AND_SIGNATURE.value
    return best.value if best else ""


def step_of(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def code_for(visit_id: UUID, step: int, sign: Sign, *, shown_by: str = HERS) -> str:
    """Return the text of the QR code of her phone, or of her family's: good for one visit, for about a minute."""
    return f"{shown_by}.{visit_id.hex}.{step}.{sign(message_of(visit_id, step, shown_by)).hex()[:32]}"


def is_familys(payload: str) -> bool:
    """Tell whose phone a good code was shown by."""
    return payload.startswith(f"{FAMILYS}.")


def trouble_with_code(payload: str, *, visit_id: UUID, at: datetime, sign: Sign) -> CodeTrouble | None:
    """Return why the scanned code does not prove that somebody was there `at` that time, or None if it does."""
    try:
        mark, visit, step, _ = payload.split(".")
        said, number = UUID(hex=visit), int(step)
    except ValueError:
        return CodeTrouble.WRONG_CODE
    if mark not in {HERS, FAMILYS} or payload != code_for(said, number, sign, shown_by=mark):
        return CodeTrouble.WRONG_CODE
    if said != visit_id:
        return CodeTrouble.OTHER_VISIT
    if abs(number - step_of(at)) > STEPS_OF_GRACE:
        return CodeTrouble.OLD_CODE
    return None


def message_of(visit_id: UUID, step: int, shown_by: str) -> bytes:
    return (f"{visit_id.hex}|{step}" if shown_by == HERS else f"{visit_id.hex}|{step}|{shown_by}").encode()
