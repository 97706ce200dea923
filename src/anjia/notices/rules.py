"""When people are reminded, and of what. Pure: no database, no clock."""

from datetime import date, datetime, time, timedelta
from typing import Final, Protocol
from uuid import NAMESPACE_OID, UUID, uuid5

from anjia.clinical.professions import is_cover
from anjia.kernel.calendar import day_of, local
from anjia.messaging.rules import reveals

# The evening before, early enough to buy what is missing [ENG].
REMIND_FROM: Final = time(17, 0)
REMIND_UNTIL: Final = time(21, 0)
PAPERS_FROM: Final = time(9, 0)
PAPERS_UNTIL: Final = time(11, 0)
JUST_BOOKED: Final = timedelta(hours=3)  # who has booked only just now needs no reminder

# Said instead of a preparation that would tell a stranger what she suffers from.
SEE_IN_APP: Final = {"zh": "要准备什么，请在“我的预约”里看。", "en": "What to prepare is under “My visits”."}


def is_time(now: datetime) -> bool:
    """Say whether tomorrow's visits are reminded of now."""
    return REMIND_FROM <= local(now).time() < REMIND_UNTIL


def tomorrow(now: datetime) -> date:
    return day_of(now) + timedelta(days=1)


def preparation_words(preparation: str, language: str) -> str:
    """Return what to prepare, or where to read it; nothing where there is nothing to prepare."""
    said = preparation.strip()
    if not said:
        return ""
    if reveals(said) or language.startswith("en"):
        return SEE_IN_APP["en" if language.startswith("en") else "zh"]
    return said if said.endswith(("。", "！", "；")) else f"{said}。"


def is_time_for_papers(now: datetime) -> bool:
    """Say whether people are told of papers that run out: in the morning, when an office can be reached."""
    return PAPERS_FROM <= local(now).time() < PAPERS_UNTIL


def paper_id(qualification_id: UUID, last_day: date, *, has_lapsed: bool) -> UUID:
    """Return what makes the warning one: once before the last day, and once after."""
    said = "lapsed" if has_lapsed else "lapsing"
    return uuid5(NAMESPACE_OID, f"paper/{said}/{qualification_id}/{last_day.isoformat()}")


class HerPaper(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def is_own(self) -> bool: ...


def template_of(paper: HerPaper, *, has_lapsed: bool) -> str:
    """Return what is said: a course is taken again on the phone, a policy or a licence is brought to be read."""
    what = "course" if paper.is_own else "cover" if is_cover(paper.code) else "paper"
    return f"{what}_{'lapsed' if has_lapsed else 'lapsing'}"


def reminder_id(visit_id: UUID, day: date) -> UUID:
    """Return what makes the reminder one: a visit that is moved to another day is reminded of again."""
    return uuid5(NAMESPACE_OID, f"visit_reminder/{visit_id}/{day.isoformat()}")
