"""The pilot as all who act in it see it: who is who, what time it is, and the dice that decide what happens."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from anjia.catalogue.queries import services_offered
from anjia.identity.roles import permissions_of
from anjia.kernel.actors import Actor, Kind, Purpose, system
from anjia.kernel.work import Command, acting
from anjia.residents.queries import addresses_of
from anjia.simulation.cast import account_id_of
from anjia.simulation.founding import CENTRE, Founder, resident_id_of
from anjia.simulation.pilot.agenda import Agenda
from anjia.simulation.pilot.people import Elder
from anjia.visits.queries import Promise, board, get_promises

P = ParamSpec("P")
T = TypeVar("T")
MINUTES = timedelta(minutes=1)
HOURS = timedelta(hours=1)
DAYS = timedelta(days=1)


@dataclass(slots=True)
class World:
    founder: Founder
    agenda: Agenda
    first: date
    last: date
    seed: int
    elders: dict[UUID, Elder] = field(default_factory=dict)  # by resident
    herself: dict[UUID, Actor] = field(default_factory=dict)
    daughter: dict[UUID, Actor] = field(default_factory=dict)
    services: dict[str, Any] = field(default_factory=dict)
    addresses: dict[UUID, UUID] = field(default_factory=dict)
    did: Counter[str] = field(default_factory=Counter)  # what a dispatcher has put right, by name

    @property
    def now(self) -> datetime:
        return self.agenda.now

    @property
    def everybody(self) -> Actor:
        """Return who sees all of the house, as its jobs do."""
        return system(CENTRE)

    def dice(self, *names: object) -> random.Random:
        """Return dice that fall alike for these names, whatever else has happened."""
        return random.Random("/".join(map(str, (self.seed, *names))))

    def member(self, key: str) -> Actor:
        return self.founder.member(key)

    def key_of(self, staff_id: UUID) -> str:
        return next(key for key, one in self.founder.staff.items() if one == staff_id)

    def nurse(self, staff_id: UUID) -> Actor:
        """Return whoever goes, as she acts when she is signed in."""
        return Actor(
            user_id=account_id_of(self.key_of(staff_id)),
            organization_id=CENTRE,
            permissions=permissions_of("nurse"),
            kind=Kind.STAFF,
            staff_id=staff_id,
        )

    def do(self, actor: Actor, command: Command[Any, Any], **what: Any) -> Any:
        return acting(actor, self.now).do(command, **what)

    def ask(
        self, actor: Actor, query: Callable[Concatenate[Actor, P], T], *args: P.args, **what: P.kwargs
    ) -> T:
        return acting(actor, self.now).ask(query, *args, **what)

    def look_round(self) -> None:
        found = self.ask(self.member("desk"), services_offered, Purpose.CONTRACT)
        self.services = {service.code: service for service in found}

    def know(self, elder: Elder, resident_id: UUID | None = None) -> UUID:
        """Know her from now on, and where she lives."""
        found = resident_id or resident_id_of(elder.key)
        homes = self.ask(self.member("desk"), addresses_of, Purpose.CONTRACT, resident_id=found)
        self.elders[found], self.addresses[found] = elder, homes[0].id
        return found

    def promises_of(self, day: date) -> list[Promise]:
        """Return what the elders of the pilot are promised for that day, soonest first."""
        page = self.ask(self.everybody, board, Purpose.CONTRACT, day=day, now=self.now, size=200)
        ids = [row.id for row in page.rows if row.resident_id in self.elders]
        found: Mapping[UUID, Promise] = self.ask(
            self.everybody, get_promises, Purpose.CONTRACT, visit_ids=ids
        )
        return sorted(found.values(), key=lambda one: (one.starts_at, self.elders[one.resident_id].number))

    def service_of(self, promise: Promise) -> Any:
        return next(one for one in self.services.values() if one.id == promise.service_version_id)

    def whose(self, resident_id: UUID) -> Actor:
        """Return who speaks for her: she herself, where she has an account, else the desk that she telephones."""
        return self.herself.get(resident_id) or self.member("desk")
