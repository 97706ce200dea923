"""The UHHC benchmark families of home health care: read as problems, plans written as solutions."""

from collections.abc import Iterator
from typing import Any

from anjia.planning.plan import Plan, Rest, Route, Stop
from anjia.planning.problem import Break, Caregiver, Part, Problem, Shift, Visit, Weights, Window

SHARES = 1
HARD = "HARD"
NEVER = 1_000_000.0  # the price of leaving out somebody who must be served
KINDS = {
    "simultaneous": "together",
    "sequential": "in_sequence",
    "independent": "independent",
}
LUNCH = "lunch_break"
STARTS = ("arrival_time", "start_time", "start_service_time")


def read(instance: dict[str, Any]) -> Problem:
    meta = instance["metadata"]
    weights = {name: weight for name, weight in meta["cost_components"].items() if weight is not None}
    spots = sorted(
        [*instance["terminal_points"], *instance["patients"]], key=lambda one: one["distance_matrix_index"]
    )
    rows = [one["distance_matrix_index"] for one in spots]
    matrix = instance["distances"]
    return Problem(
        caregivers=tuple(caregiver_of(one, instance, weights) for one in instance["caregivers"]),
        visits=tuple(visit_of(one, instance, weights) for one in instance["patients"]),
        places=tuple(one["id"] for one in spots),
        travel={"": tuple(tuple(float(matrix[one][two]) for two in rows) for one in rows)},
        weights=Weights(
            travel=soft(weights, "travel_time"),
            lateness=soft(weights, "total_tardiness"),
            worst_lateness=soft(weights, "highest_tardiness"),
            waiting=soft(weights, "total_waiting_time"),
            overtime=soft(weights, "total_extra_time"),
            worst_idle=soft(weights, "max_idle_time"),
            balance=soft(weights, "workload_balance"),
            preference=soft(weights, "caregiver_preferences"),
            unassigned=NEVER,
        ),
        late_at="end" if meta.get("time_window_met") == "at_service_end" else "start",
        leaves_late=meta["origin"] not in {"bazirha", "bazirha-caie"},
    )


def soft(weights: dict[str, Any], name: str) -> float:
    """Return the weight of a component that may be more than nothing."""
    weight = weights.get(name, 0.0)
    return 0.0 if weight == HARD else float(weight)


def is_hard(weights: dict[str, Any], name: str) -> bool:
    return bool(weights.get(name, HARD) == HARD)


def caregiver_of(one: dict[str, Any], instance: dict[str, Any], weights: dict[str, Any]) -> Caregiver:
    lunch = instance.get("lunch_breaks")
    price = NEVER if is_hard(weights, "missed_lunch_break") else float(weights["missed_lunch_break"])
    breaks = (
        (Break(float(lunch["start"]), float(lunch["end"]), float(lunch["min_duration"]), price),)
        if lunch and one.get("lunch_break")
        else ()
    )
    shift = Shift(
        id="",
        opens=float(one["working_shift"]["start"]),
        closes=float(one["working_shift"]["end"]),
        starts_at=one["departing_point"],
        ends_at=one["arrival_point"],
        breaks=breaks,
        may_run_over=weights.get("total_extra_time") != HARD,
    )
    return Caregiver(one["id"], (shift,), skills=dict.fromkeys(one["abilities"], 0))


def visit_of(one: dict[str, Any], instance: dict[str, Any], weights: dict[str, Any]) -> Visit:
    default = {service["id"]: service.get("default_duration") for service in instance["services"]}
    sync = one.get("synchronization") or {}
    distance = sync.get("distance") or {}
    parts = tuple(
        Part(asked["service"], float(asked.get("duration") or default[asked["service"]]))
        for asked in one["required_services"]
    )
    preferred = frozenset(one.get("preferred_caregivers") or ())
    wishes = is_hard(weights, "caregiver_preferences")
    optional = one.get("optional") and not is_hard(weights, "optional_patients")
    return Visit(
        id=one["id"],
        place=one["id"],
        parts=parts,
        windows=tuple(Window(float(window["start"]), float(window["end"])) for window in one["time_windows"]),
        hard=weights.get("total_tardiness") == HARD or weights.get("highest_tardiness") == HARD,
        kind=KINDS[sync["type"]] if len(parts) > 1 else "alone",
        gap=(float(distance.get("min", 0)), float(distance.get("max", 0))),
        price=float(weights["optional_patients"]) if optional else None,
        refused=frozenset(one.get("incompatible_caregivers") or ()),
        required=preferred if wishes else frozenset(),
        preferred=frozenset() if wishes else preferred,
    )


def write(instance: dict[str, Any], plan: Plan) -> dict[str, Any]:
    """Return the plan in the published form."""
    patients = {patient["id"]: patient for patient in instance["patients"]}
    homes = {one["id"]: one["departing_point"] for one in instance["caregivers"]}
    minutes = (instance.get("lunch_breaks") or {}).get("min_duration", 0)
    routes: list[dict[str, Any]] = []
    for route in plan.routes:
        locations = list(locations_of(route, patients, homes[route.caregiver], minutes))
        routes.append({"caregiver_id": route.caregiver} | ({"locations": locations} if locations else {}))
    return {"cost_components": {}, "routes": routes}


def locations_of(
    route: Route, patients: dict[str, Any], home: str, minutes: float
) -> Iterator[dict[str, Any]]:
    names = [stop.visit for stop in route.stops]
    for number in range(len(names) + 1):
        for rest in route.rests:
            if rest.before == number:
                where = names[number] if number < len(names) else names[-1] if names else home
                yield {
                    "patient": where,
                    "service": LUNCH,
                    "start_time": whole(rest.starts),
                    "end_time": whole(rest.starts + minutes),
                }
        if number < len(names):
            yield service_of(route.stops[number], patients)


def service_of(stop: Stop, patients: dict[str, Any]) -> dict[str, Any]:
    asked = patients[stop.visit]["required_services"][stop.part]
    return {
        "patient": stop.visit,
        "service": asked["service"],
        "arrival_time": whole(stop.starts),
        "departure_time": whole(stop.starts + asked["duration"]),
    }


def whole(minutes: float) -> float:
    """Return a whole number where rounding alone has made it none."""
    return round(minutes) if abs(minutes - round(minutes)) < 1e-6 else minutes


def read_plan(instance: dict[str, Any], solution: dict[str, Any]) -> Plan:
    """Return a published solution as a plan."""
    parts = {
        (patient["id"], asked["service"]): number
        for patient in instance["patients"]
        for number, asked in enumerate(patient["required_services"])
    }
    routes = []
    for entry in solution["routes"]:
        stops: list[Stop] = []
        rests: list[Rest] = []
        for one in sorted(entry.get("locations") or (), key=start_of):
            if one["service"] == LUNCH:
                rests.append(Rest(0, len(stops), float(start_of(one))))
            else:
                stops.append(
                    Stop(one["patient"], parts[one["patient"], one["service"]], float(start_of(one)))
                )
        routes.append(Route(entry["caregiver_id"], "", tuple(stops), tuple(rests)))
    served = {stop.visit for route in routes for stop in route.stops}
    out = tuple(sorted(patient["id"] for patient in instance["patients"] if patient["id"] not in served))
    return Plan(tuple(routes), out)


def start_of(one: dict[str, Any]) -> float:
    return float(next(one[key] for key in STARTS if key in one))
