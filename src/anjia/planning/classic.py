"""The classic benchmark families of home care routing (`hhcrsp-pack/1`): read as problems, plans written."""

from typing import Any

from anjia.planning.plan import Plan, Route, Stop
from anjia.planning.problem import Caregiver, Part, Problem, Shift, Visit, Weights, Window

SHARES = 3  # what is published is the mean of travel, lateness and the largest lateness
DEPOT = ""
KINDS = {"simultaneous": "together", "sequential": "in_sequence"}


def read(instance: dict[str, Any]) -> Problem:
    """One depot, no end of the day; travel, lateness and the largest lateness count alike."""
    shift = Shift("", 0.0, 0.0, DEPOT, DEPOT)
    return Problem(
        caregivers=tuple(
            Caregiver(one["id"], (shift,), skills={skill: 0 for skill in one["skills"]})
            for one in instance["caregivers"]
        ),
        visits=tuple(visit_of(patient) for patient in instance["patients"]),
        places=(DEPOT, *(patient["id"] for patient in instance["patients"])),
        travel={"": tuple(tuple(float(x) for x in row) for row in instance["travel"])},
        weights=Weights(travel=1.0, lateness=1.0, worst_lateness=1.0),
    )


def visit_of(patient: dict[str, Any]) -> Visit:
    kind, *gap = patient["sync"] or ["alone", 0, 0]
    return Visit(
        id=patient["id"],
        place=patient["id"],
        parts=tuple(Part(skill, float(minutes)) for skill, minutes in patient["services"]),
        windows=(Window(float(patient["tw"][0]), float(patient["tw"][1])),),
        kind=KINDS.get(kind, kind),
        gap=(float(gap[0]), float(gap[1])),
    )


def write(instance: dict[str, Any], plan: Plan) -> dict[str, Any]:
    """Return the plan in the published form."""
    services = {patient["id"]: patient["services"] for patient in instance["patients"]}
    routes: list[dict[str, Any]] = []
    for route in plan.routes:
        locations = []
        for stop in route.stops:
            service, minutes = services[stop.visit][stop.part]
            locations.append(
                {
                    "patient": stop.visit,
                    "service": service,
                    "arrival_time": stop.starts,
                    "departure_time": stop.starts + minutes,
                }
            )
        routes.append({"caregiver_id": route.caregiver} | ({"locations": locations} if locations else {}))
    return {"routes": routes}


def read_plan(instance: dict[str, Any], solution: dict[str, Any]) -> Plan:
    """Return a published solution as a plan."""
    parts = {
        (patient["id"], service): number
        for patient in instance["patients"]
        for number, (service, _) in enumerate(patient["services"])
    }
    routes = tuple(
        Route(
            entry["caregiver_id"],
            "",
            tuple(
                Stop(one["patient"], parts[one["patient"], one["service"]], float(one["arrival_time"]))
                for one in entry.get("locations") or ()
            ),
        )
        for entry in solution["routes"]
    )
    return Plan(routes)
