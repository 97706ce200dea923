"""What a staff list would change: those who are there beside those whom it names."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from anjia.clinical.professions import kind_of_title, needs_last_day
from anjia.kernel.actors import Actor
from anjia.kernel.errors import Words
from anjia.workforce.models import Qualification, StaffMember
from anjia.workforce.rules import (
    Change,
    Changes,
    PaperRow,
    StaffInvalid,
    StaffRow,
    check_staff,
    plain_phone,
    started_on_of,
)

SECRET: Final = frozenset({"phone"})
OF_STAFF: Final = ("number", "kind", "title", "sex", "phone", "started_on", "station_id", "travel_mode")

CHECKED: Final = ("name", "kind", "title", "sex", "travel_mode", "phone")
UNSAID: Final = {"kind": "", "title": "", "sex": "unknown", "travel_mode": "ebike", "phone": ""}


@dataclass(slots=True)
class Known:
    """A member of staff as she is now, with her papers that count or wait, and her week."""

    staff: StaffMember
    papers: list[Qualification]
    week: list[dict[str, Any]] | None


def known_staff(actor: Actor) -> list[Known]:
    """Return everybody who works here or did, in two queries."""
    staff = StaffMember.objects.filter(organization_id=actor.organization_id).select_related("pattern")
    found = {
        one.id: Known(one, [], one.pattern.parts if hasattr(one, "pattern") else None) for one in staff
    }  # fmt: skip
    papers = Qualification.objects.filter(organization_id=actor.organization_id, taken_back_at=None)
    for paper in papers.order_by("valid_until", "id"):
        found[paper.staff_id].papers.append(paper)
    return list(found.values())


def whom_they_mean(rows: Sequence[StaffRow], known: Sequence[Known]) -> list[Known | None]:
    """
    Return whom each row means: who has its number; else its name and phone; else the only one of its name, once.

    None is somebody new.
    """
    by_number = {one.staff.number: one for one in known if one.staff.number}
    by_phone = {(one.staff.name, one.staff.phone): one for one in known if one.staff.phone}
    names = Counter(one.staff.name for one in known)
    by_name = {one.staff.name: one for one in known if names[one.staff.name] == 1}
    sure = [
        by_number.get(row.number) or by_phone.get((row.name, plain_phone(row.phone or ""))) for row in rows
    ]
    for found_already in filter(None, sure):
        by_name.pop(found_already.staff.name, None)
    found: list[Known | None] = []
    for row, certain in zip(rows, sure, strict=True):
        one: Known | None = certain or (by_name.pop(row.name) if row.name in by_name else None)
        has_another_number = one and row.number and one.staff.number and row.number != one.staff.number
        found.append(None if has_another_number else one)
    return found


def changes_to(known: Sequence[Known], rows: Sequence[StaffRow], *, today: date) -> Changes:
    added, changed, same = [], [], 0
    for row, one in zip(rows, whom_they_mean(rows, known), strict=True):
        differences = differences_of(row, one, today=today)
        if one is None:
            added.append(Change(name=row.name, fields=differences))
        elif differences:
            changed.append(Change(name=row.name, fields=differences))
        else:
            same += 1
    return Changes(added=tuple(added), changed=tuple(changed), same=same)


def differences_of(row: StaffRow, one: Known | None, *, today: date) -> dict[str, tuple[str, str]]:
    """Return, by field, what is there and what the row says instead."""
    said = said_by(row, one.staff if one else None, today=today)
    found = {
        name: shown(name, getattr(one.staff, name) if one else None, value)
        for name, value in said.items()
        if value != (getattr(one.staff, name) if one else None)
    }
    for paper in new_papers(row, one.papers if one else []):
        found[f"papers.{paper.code}"] = ("", until_when(paper))
    if row.pattern is not None and [part.content for part in row.pattern] != (one.week if one else None):
        found["pattern"] = ("", f"{len(row.pattern)}")
    return found


def until_when(paper: PaperRow) -> str:
    if paper.valid_until is not None:
        return str(paper.valid_until)
    return "?" if needs_last_day(paper.code) else "∞"


def wrong_rows(
    known: Sequence[Known], rows: Sequence[StaffRow], *, today: date
) -> dict[int, dict[str, Words]]:
    """Return, by their numbers in the list, the rows that would make her what nobody can be, and where."""
    found: dict[int, dict[str, Words]] = {}
    for row, one in zip(rows, whom_they_mean(rows, known), strict=True):
        after = said_by(row, one.staff if one else None, today=today)
        before = {name: getattr(one.staff, name) for name in CHECKED} if one else UNSAID | {"name": row.name}
        try:
            check_staff(**{name: after.get(name, before[name]) for name in CHECKED})
        except StaffInvalid as refusal:
            found[row.row] = dict(refusal.fields)
    return found


def said_by(row: StaffRow, staff: StaffMember | None, *, today: date) -> dict[str, Any]:
    """Return the fields that the row speaks of, as they are to be."""
    said = {name: getattr(row, name) for name in OF_STAFF if getattr(row, name) not in (None, "")}
    if "phone" in said:
        said["phone"] = plain_phone(said["phone"])
    if row.name and staff and row.name != staff.name:
        said["name"] = row.name
    if "kind" not in said and row.title and (kind := kind_of_title(row.title)):
        said["kind"] = kind.value
    if row.started_on is None and row.years is not None:
        said["started_on"] = started_on_of(row.years, today, staff.started_on if staff else None)
    return said


def new_papers(row: StaffRow, papers: Sequence[Qualification]) -> list[PaperRow]:
    """
    Return the row's papers that are not there: of another number, or with another last day.

    A row that does not say until when leaves the paper that is there as it is, also one that has lapsed.
    """
    return [paper for paper in row.papers if not any(is_same(paper, kept) for kept in papers)]


def is_same(row: PaperRow, kept: Qualification) -> bool:
    return (
        row.code == kept.code
        and (row.valid_until == kept.valid_until or not row.says_until)
        and (not row.number or row.number == kept.number)
    )


def shown(name: str, before: object, after: object) -> tuple[str, str]:
    if name in SECRET:
        return ("•••" if before else "", "•••")
    return ("" if before is None else str(before), str(after))
