"""What is done on a doctor's order in the pilot has one: entered by the desk, confirmed by the centre's doctor."""

from uuid import UUID

from anjia.simulation.doctors import Doctors, procedure
from anjia.simulation.pilot.world import World


def have_ordered(world: World, resident_id: UUID) -> None:
    service = world.services[world.elders[resident_id].course.service]
    if not service.needs_order:
        return
    doctors = Doctors(world.founder)
    said = procedure(service.content["name"], "按医嘱", "出院后延续护理")
    entered = doctors.enter(resident_id, service.code, said, when=world.now)
    doctors.confirm(entered.id, when=world.now)
