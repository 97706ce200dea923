"""What goes on by itself in a demo that is left running."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from anjia.kernel.actors import Purpose, system
from anjia.kernel.calendar import day_of, local
from anjia.kernel.work import acting
from anjia.simulation import town
from anjia.simulation.founding import CENTRE, resident_id_of
from anjia.simulation.life import Life
from anjia.simulation.phones import MINUTES, Errand, Phones
from anjia.visits.queries import Board, BoardRow, board
from anjia.visits.rules.lifecycle import BoardState

FULL_DAY: Final = 10  # visits: with fewer, the day has not been begun
DAWN: Final = 7
PATIENCE: Final = timedelta(minutes=75)  # that the cast's visits wait for a visitor to do them
LATE_FOR: Final = timedelta(minutes=70)


@dataclass(slots=True)
class Later:
    """Colleagues go about their rounds, and a day follows a day."""

    life: Life

    @property
    def now(self) -> datetime:
        return self.life.now

    def go_on(self) -> None:
        self.life.look_round()
        found = self.board()
        if found.total < FULL_DAY and local(self.now).hour >= DAWN:
            self.life.begin_day()
            found = self.board()
        for row in found.rows:
            self.go_on_with(row)
        self.bring_what_was_taken()
        self.life.ask_nurses()

    def bring_what_was_taken(self) -> None:
        """Let whoever has something for the laboratory hand it over, when it was reckoned that she would."""
        phones = Phones(self.life.founder, self.now, self.life.dice)
        for colleague in town.colleagues():
            if colleague.key in self.life.founder.staff:
                phones.bring(self.life.founder.member(colleague.key))

    def board(self) -> Board:
        actor = system(CENTRE)
        return acting(actor, self.now).ask(
            board, Purpose.CONTRACT, day=day_of(self.now), now=self.now, size=200
        )

    def go_on_with(self, row: BoardRow) -> None:
        """
        Let whoever is in for the visit do what is due. The cast's own visits wait for the visitor, but not for ever.

        A late one stays late for a while: somebody may want to telephone.
        """
        names = {one.name: one.key for one in town.colleagues()}
        staff = [names[name] for name in row.caregivers if name in names]
        key = next((one.key for one in town.neighbours() if resident_id_of(one.key) == row.resident_id), None)
        service = next(
            (code for code, one in self.life.services.items() if one.name == row.service_name), None
        )
        if not staff or key is None or service is None:
            return
        waits = PATIENCE if {"nurse", "picc"} & set(staff) else timedelta(0)
        due = due_at(row, waits)
        if due is None or self.now < due:
            return
        errand = Errand(
            visit_id=row.id, version=self.life.services[service], key=key, begins_at=row.starts_at
        )
        Phones(self.life.founder, self.now, self.life.dice).send_next(errand, staff, row.state.value)


def due_at(row: BoardRow, waits: timedelta) -> datetime | None:
    return {
        BoardState.ACCEPTED: row.starts_at - 12 * MINUTES + waits,
        BoardState.LATE: row.starts_at + max(LATE_FOR, waits),
        BoardState.DEPARTED: row.starts_at + waits,
        BoardState.ARRIVED: row.ends_at + waits,
    }.get(row.state)
