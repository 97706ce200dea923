"""The workforce's makers."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from anjia.kernel import calendar, prepared
from anjia.kernel.actors import Actor, Purpose, system
from anjia.kernel.models import AuditEntry, Event
from anjia.kernel.work import acting
from anjia.workforce import commands
from anjia.workforce.models import InstitutionPaper, Leave, Qualification, Shift, StaffMember
from anjia.workforce.queries import caregivers_on
from anjia.workforce.rules import CaregiverSheet, PatternPart
from anjia.workforce.rules.institution import InstitutionPaperKind
from tests.make import NOON, actor

SCAN = b"\x89PNG\r\n\x1a\nA licence"
MONDAY = date(2026, 3, 2)
LICENCE = {"code": "nurse_licence", "number": "2015310001"}
POLICY = {
    "code": "accident_insurance",
    "number": "PA20260001",
    "issuer": "云杉人寿",
    "valid_from": date(2026, 1, 1),
}


def staff(*, of: Actor, **changes: Any) -> StaffMember:
    sound: dict[str, Any] = {
        "name": "李秀兰",
        "kind": "nurse",
        "title": "护师",
        "sex": "female",
        "phone": "138 0013 8000",
        "started_on": date(2015, 7, 1),
        "base": (31.2304, 121.4737),
    }
    return acting(system(of.organization_id), NOON).do(commands.register_staff_member, **sound | changes)


def paper(*, of: Actor, staff_id: UUID, **changes: Any) -> Qualification:
    sound: dict[str, Any] = {
        **LICENCE,
        "valid_until": date(2031, 6, 30),
        "scan": SCAN,
        "content_type": "image/png",
    }
    is_confirmed = changes.pop("is_confirmed", True)
    added = acting(system(of.organization_id), NOON).do(
        commands.add_qualification, staff_id=staff_id, **sound | changes
    )
    return confirmed(added) if is_confirmed else added


def cover(*, of: Actor, staff_id: UUID, **changes: Any) -> Qualification:
    """Enter a policy that insures her, read by a second person."""
    return paper(of=of, staff_id=staff_id, **POLICY | {"valid_until": date(2030, 1, 1)} | changes)


def ready(*, of: Actor, staff_id: UUID, on_duty: Sequence[tuple[datetime, datetime]] = ()) -> None:
    """Let her hold the licence and the policy that every line asks for, and work then, as the commands write it."""
    common: dict[str, Any] = {"organization_id": of.organization_id, "staff_id": staff_id}
    read = {"added_by": of.user_id, "added_at": NOON, "verified_by": uuid4(), "verified_at": NOON}
    papers = [
        Qualification(**common, **read, **says, file_id=uuid4(), valid_until=date(2030, 1, 1))
        for says in (LICENCE, POLICY)
    ]
    shifts = [Shift(**common, starts_at=starts_at, ends_at=ends_at) for starts_at, ends_at in on_duty]
    acting(system(of.organization_id), NOON).ask(lambda _: prepared.insert(*papers, *shifts))


def institution_papers(*, of: Actor, but: str = "") -> None:
    """Let the institution hold what the lines ask of it, read by a second; without one kind."""
    kinds = [kind.value for kind in InstitutionPaperKind if kind != but]

    def hold(_: Actor) -> None:
        InstitutionPaper.objects.bulk_create(
            InstitutionPaper(
                organization_id=of.organization_id,
                kind=kind,
                number="12345678",
                issuer="市卫生健康委员会",
                scope="居家护理",
                valid_until=date(2036, 12, 31),
                file_id=uuid4(),
                added_by=uuid4(),
                added_at=NOON,
                verified_by=uuid4(),
                verified_at=NOON,
            )
            for kind in kinds
        )

    acting(system(of.organization_id), NOON).ask(hold)


def confirmed(paper: Qualification, **says: Any) -> Qualification:
    """Let a second person read it beside its scan."""
    reader = actor("workforce.confirm", organization_id=paper.organization_id)
    return acting(reader, NOON).do(commands.verify_qualification, qualification_id=paper.id, **says)


def clock(day: date, hour: int, minute: int = 0) -> datetime:
    return calendar.at(day, time(hour, minute))


def shift(*, of: Actor, staff_id: UUID, day: date = MONDAY, begins: int = 8, ends: int = 12) -> Shift:
    return acting(system(of.organization_id), NOON).do(
        commands.put_shift, staff_id=staff_id, starts_at=clock(day, begins), ends_at=clock(day, ends)
    )


def leave(*, of: Actor, staff_id: UUID, first: date = MONDAY, days: int = 1, **changes: Any) -> Leave:
    start, end = calendar.day_bounds(first)[0], calendar.day_bounds(first + timedelta(days=days - 1))[1]
    sound: dict[str, Any] = {"kind": "annual", "starts_at": start, "ends_at": end}
    return acting(system(of.organization_id), NOON).do(
        commands.put_leave, staff_id=staff_id, **sound | changes
    )


def week(*days: int, begins: time = time(8), ends: time = time(17)) -> list[PatternPart]:
    return [PatternPart(weekday=day, starts=begins, ends=ends) for day in days]


def sheet(*, of: Actor, staff_id: UUID, day: date = MONDAY) -> CaregiverSheet:
    start, end = calendar.day_bounds(day)
    sheets = acting(of, NOON).ask(
        caregivers_on, Purpose.CONTRACT, start=start, end=end, staff_ids=[staff_id]
    )  # fmt: skip
    return sheets[0]


def actions(of: Actor) -> list[str]:
    """Return what was written down in the actor's institution, in order."""

    def read(actor: Actor) -> list[str]:
        rows = AuditEntry.objects.filter(organization_id=actor.organization_id).order_by("id")
        return list(rows.values_list("action", flat=True))

    return acting(of, NOON).ask(read)


def told(of: Actor) -> list[str]:
    """Return which events were published there, in order."""

    def read(actor: Actor) -> list[str]:
        rows = Event.objects.filter(organization_id=actor.organization_id).order_by("id")
        return list(rows.values_list("name", flat=True))

    return acting(of, NOON).ask(read)
