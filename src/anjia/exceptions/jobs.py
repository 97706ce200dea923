"""What exceptions do by themselves, by the clock."""

from datetime import datetime
from uuid import UUID

from anjia.dispatch.queries import houses_to_ask
from anjia.exceptions.commands import pass_on, say_late, say_specimen_late
from anjia.exceptions.queries import overdue, specimens_to_say_late, to_say_late
from anjia.kernel.actors import Purpose, system
from anjia.kernel.jobs import each, every
from anjia.kernel.work import acting


@every("* * * * * */20")
def go_on_to_the_next(now: datetime) -> None:
    """Give what nobody has done in time to the next in line."""

    def give(due: tuple[UUID, UUID]) -> None:
        organization_id, exception_id = due
        acting(system(organization_id), now).do(pass_on, exception_id=exception_id)

    each(acting(system(), now).ask(overdue, Purpose.CONTRACT, now=now), give)


@every("* * * * * 10")
def say_who_is_late(now: datetime) -> None:
    """Say of visits to which nobody has come by the time promised that they are late."""

    def say(late: tuple[UUID, UUID]) -> None:
        organization_id, visit_id = late
        acting(system(organization_id), now).do(say_late, visit_id=visit_id)

    each(acting(system(), now).ask(to_say_late, Purpose.CONTRACT, now=now), say)


@every("* * * * * 40")
def say_what_is_not_delivered(now: datetime) -> None:
    """Say of what was taken at visits and has not reached the laboratory by its latest time that it is late."""

    def look(house_id: UUID) -> None:
        unit = acting(system(house_id), now)
        for visit_id in unit.ask(specimens_to_say_late, Purpose.CONTRACT, now=now):
            unit.do(say_specimen_late, visit_id=visit_id)

    each(acting(system(), now).ask(houses_to_ask, Purpose.CONTRACT, now=now), look)
