"""What a caregiver knows of a door before she has said that she goes there. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final

from anjia.visits.rules.lifecycle import State

# A number in figures, or one in characters that counts houses, entrances or floors.
NUMBER: Final = re.compile(r"\d|[零〇一二三四五六七八九十百]+(?=[号栋幢座弄院单楼层室])")
LONGEST_AREA: Final = 12
# What she may know of the wishes: whether they suit her. A note may say which floor, and who lives there.
WISHES_FOR_ALL: Final = ("period", "caregiver_sex", "who_is_present")


def knows_the_door(state: State) -> bool:
    """Say whether name, door and visit word are hers to know: from when she has taken it, or was sent, not before."""
    return state is not State.TENTATIVE


def area_of(address: str) -> str:
    """Return as much of an address as somebody may know who has not accepted: the street or estate, no number."""
    number = NUMBER.search(address)
    return address[: number.start() if number else LONGEST_AREA].strip()


def wishes_for_all(wishes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: wishes.get(name, "") for name in WISHES_FOR_ALL}
