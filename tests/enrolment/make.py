"""Makers of programmes and of who is recruited for them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from anjia.enrolment.commands import (
    add_candidate,
    add_channel,
    change_programme,
    open_programme,
    screen,
    settle_screening,
    take_place,
)
from anjia.enrolment.models import Candidate, Channel, Programme, Screening
from anjia.enrolment.rules import Answer, Basis, Finding, criteria
from anjia.kernel.actors import Actor, system
from anjia.kernel.work import acting
from anjia.residents.models import Resident
from tests.make import NOON, actor, person
from tests.residents import make as residents

SCREENER = ("enrolment.read", "enrolment.screen", "enrolment.answer", "residents.read")
CONFIRMER = ("enrolment.read", "enrolment.confirm", "residents.read")
MANAGER = (*SCREENER, "enrolment.confirm", "enrolment.manage")


def findings(**answers: str) -> list[Finding]:
    """Return what makes somebody eligible, but for what is said."""
    return [
        Finding(
            criterion=one.code,
            answer=Answer(answers.get(one.code, "met")),
            found="高血压，每周要量",
            basis=Basis.SEEN,
            evidence="2026-02 随访记录",
        )
        for one in criteria()
    ]


@dataclass
class Office:
    """An institution with a programme, and the three who recruit for it."""

    manager: Actor = field(default_factory=lambda: actor(*MANAGER))

    def __post_init__(self) -> None:
        house = self.manager.organization_id
        self.screener = actor(*SCREENER, organization_id=house)
        self.confirmer = actor(*CONFIRMER, organization_id=house)
        self.judge = actor(*CONFIRMER, organization_id=house)
        self.channel: Channel = acting(self.manager, NOON).do(add_channel, name="居委会推荐")

    def programme(self, cap: int = 2, **says: Any) -> Programme:
        sound: dict[str, Any] = {
            "name": "和平里试点",
            "cap": cap,
            "min_age": 65,
            "starts_on": date(2026, 3, 1),
        }
        return acting(self.manager, NOON).do(open_programme, **sound | says)

    def resident(self, **says: Any) -> Resident:
        sound: dict[str, Any] = {"birth_date": date(1944, 5, 1), "lives_alone": True}
        return residents.resident(served_by=self.manager, **sound | says)

    def candidate(
        self, programme: Programme, *, resident: Resident | None = None, now: datetime = NOON, **says: Any
    ) -> Candidate:
        sound: dict[str, Any] = {
            "programme_id": programme.id,
            "resident_id": (resident or self.resident()).id,
            "channel_id": self.channel.id,
        }
        return acting(self.screener, now).do(add_candidate, **sound | says)

    def screened(self, candidate: Candidate, *, now: datetime = NOON, **answers: str) -> Screening:
        return acting(self.screener, now).do(screen, candidate_id=candidate.id, findings=findings(**answers))

    def settled(self, screening: Screening, *, now: datetime = NOON, **says: Any) -> Screening:
        sound: dict[str, Any] = {"screening_id": screening.id, "stands": True}
        return acting(self.confirmer, now).do(settle_screening, **sound | says)

    def eligible(self, programme: Programme, *, now: datetime = NOON) -> Candidate:
        """Return somebody who was screened and confirmed: she has a place offered, or waits."""
        candidate = self.candidate(programme, now=now)
        self.settled(self.screened(candidate, now=now), now=now)
        return self.now(candidate)

    def enrolled(self, programme: Programme, *, now: datetime = NOON) -> Candidate:
        candidate = self.eligible(programme, now=now)
        return acting(self.screener, now).do(take_place, candidate_id=candidate.id)

    def cap(self, programme: Programme, cap: int) -> Programme:
        return acting(self.manager, NOON).do(
            change_programme, programme_id=programme.id, cap=cap, min_age=65, ends_on=None
        )

    def now(self, candidate: Candidate) -> Candidate:
        found: Candidate = self.look(lambda _: Candidate.objects.get(id=candidate.id))
        return found

    def seats(self, programme: Programme) -> list[int | None]:
        def read(_: Actor) -> list[int | None]:
            rows = Candidate.objects.filter(programme=programme, seat__isnull=False)
            return list(rows.order_by("seat").values_list("seat", flat=True))

        found: list[int | None] = self.look(read)
        return found

    def look(self, at_what: Any) -> Any:
        return acting(system(self.manager.organization_id), NOON).ask(at_what)

    def person(self, resident_id: UUID, *permissions: str) -> Actor:
        """Return her, or who acts for her with these permissions."""
        may = permissions or ("enrolment.answer", "records.read")
        return person(*may, resident_id=resident_id, organization_id=self.manager.organization_id)
