"""Random small problems in which every feature occurs."""

import random
from dataclasses import replace
from typing import Final

from anjia.planning.problem import (
    DAY,
    Break,
    Caregiver,
    Part,
    Problem,
    Promise,
    Series,
    Shift,
    Visit,
    Weights,
    Window,
)

GAPS: Final = {"in_sequence": (5.0, 45.0), "errand": (0.0, 150.0)}
SKILLS: Final = ("care", "wound", "drip")
KINDS: Final = ("alone", "alone", "alone", "together", "in_sequence", "independent")
ALL_KINDS: Final = (*KINDS, "errand", "errand")


def town(seed: int, *, visits: int = 14, caregivers: int = 4, rich: bool = True) -> Problem:
    """Return a problem that the seed decides; `rich`: with all that may count, else as the classic benchmarks are."""
    dice = random.Random(seed)
    homes = tuple(f"home{number:02}" for number in range(visits))
    places = ("station", "laboratory", *homes) if rich else ("station", *homes)
    spots = {place: (dice.uniform(0, 60), dice.uniform(0, 60)) for place in places}
    modes = ("foot", "bike") if rich else ("foot",)
    travel = {
        mode: tuple(tuple(minutes(spots[one], spots[two], mode, dice) for two in places) for one in places)
        for mode in modes
    }
    people = tuple(caregiver(number, dice, modes, rich) for number in range(caregivers))
    return Problem(
        caregivers=people,
        visits=tuple(visit(number, dice, [one.id for one in people], rich) for number in range(visits)),
        places=places,
        travel=travel,
        weights=Weights(1, 2, 1, 1, 2, 0.5, 0.2, 15, 500) if rich else Weights(1, 1, 1),
        late_at=dice.choice(("start", "end")),
        leaves_late=dice.random() < 0.7,
    )


def minutes(one: tuple[float, float], two: tuple[float, float], mode: str, dice: random.Random) -> float:
    if one == two:
        return 0.0
    far = abs(one[0] - two[0]) + abs(one[1] - two[1])
    return float(round(far * (1.0 if mode == "foot" else 0.6) + dice.uniform(0, 3)))


def caregiver(number: int, dice: random.Random, modes: tuple[str, ...], rich: bool) -> Caregiver:
    opens = dice.choice((0.0, 60.0)) if rich else 0.0
    lunch = Break(180.0, 300.0, 30.0, price=60.0)
    tea = Break(300.0, 420.0, 10.0, price=20.0)
    return Caregiver(
        id=f"nurse{number}",
        shifts=(
            Shift(
                "day",
                opens,
                opens + 480.0,
                "station",
                "station",
                breaks=dice.choice(((), (lunch,), (tea, lunch))) if rich else (),
                may_run_over=not rich or dice.random() < 0.5,
            ),
        ),
        skills={skill: dice.randint(1, 2) for skill in SKILLS if dice.random() < 0.8} or {"care": 1},
        gender=dice.choice(("f", "m")),
        mode=dice.choice(modes),
        price=dice.choice((0.0, 3.0)) if rich else 0.0,
    )


def visit(number: int, dice: random.Random, people: list[str], rich: bool) -> Visit:
    kind = dice.choice(ALL_KINDS if rich else KINDS)
    skills = dice.sample(SKILLS, 1 if kind in {"alone", "errand"} else 2)
    opens = float(dice.randint(0, 300))
    windows = [Window(opens, opens + dice.choice((30.0, 90.0)))]
    if rich and dice.random() < 0.3:
        windows.append(Window(windows[0].closes + 60, windows[0].closes + 120))
    some = rich and dice.random() < 0.3
    parts = tuple(
        Part(
            skill,
            float(dice.randint(10, 40)),
            grade=dice.choice((0, 1)),
            set_up=dice.choice((0.0, 5.0)) if rich else 0.0,
        )
        for skill in skills
    )
    if kind == "errand":
        parts += (delivery(skills[0], opens, dice),)
    return Visit(
        id=f"visit{number:02}",
        place=f"home{number:02}",
        parts=parts,
        windows=tuple(windows),
        hard=rich and dice.random() < 0.3,
        kind=kind,
        gap=GAPS.get(kind, (0.0, 0.0)),
        price=dice.choice((None, 80.0, 300.0)) if rich else None,
        priority=dice.choice((1.0, 3.0)) if rich else 1.0,
        gender="f" if rich and dice.random() < 0.1 else "",
        refused=frozenset(dice.sample(people, 1)) if some else frozenset(),
        preferred=frozenset(dice.sample(people, 2)) if rich and dice.random() < 0.4 else frozenset(),
        known={dice.choice(people): 10.0} if rich and dice.random() < 0.4 else {},
    )


def promised(problem: Problem, seed: int) -> Problem:
    """Return the problem in which of some visits has been said who comes and when; a few are to be kept so."""
    dice = random.Random(seed)
    people = [one.id for one in problem.caregivers]

    def told(visit: Visit) -> Visit:
        if dice.random() < 0.5:
            return visit
        starts = visit.windows[0].opens + dice.choice((0.0, 10.0))
        who = tuple(dice.sample(people, 2))
        return replace(visit, promise=Promise(who, starts, 5.0, dice.random() < 0.2))

    weights = replace(problem.weights, other_caregiver=12.0, other_time=25.0)
    return replace(problem, visits=tuple(told(visit) for visit in problem.visits), weights=weights)


def delivery(skill: str, opens: float, dice: random.Random) -> Part:
    """Return the second stop of an errand; some may be done whenever the first may, some have a deadline."""
    windows = (Window(opens, opens + dice.choice((60.0, 150.0))),) if dice.random() < 0.7 else ()
    hard = bool(windows) and dice.random() < 0.5
    return Part(skill, 5.0, set_up=4.0, place="laboratory", windows=windows, hard=hard)


def week(seed: int, *, days: int = 3, visits: int = 14, caregivers: int = 3) -> Problem:
    """Return a town over several days, with visits on any of some days, such as belong together, and limited hours."""
    dice = random.Random(seed)
    base = town(seed, visits=visits, caregivers=caregivers)
    people = tuple(
        replace(
            one,
            shifts=tuple(
                replace(
                    shift,
                    id=f"day{day}",
                    opens=shift.opens + day * DAY,
                    closes=shift.closes + day * DAY,
                    breaks=tuple(
                        replace(rest, opens=rest.opens + day * DAY, closes=rest.closes + day * DAY)
                        for rest in shift.breaks
                    ),
                    most_work=dice.choice((None, 240.0)),
                )
                for shift in one.shifts
                for day in range(days)
            ),
            most_work=dice.choice((None, 500.0)),
            work_price=dice.choice((None, 2.0)),
        )
        for one in base.caregivers
    )
    some = tuple(
        on_days(visit, sorted(dice.sample(range(days), dice.randint(1, days)))) for visit in base.visits
    )
    names = dice.sample([visit.id for visit in some], 5)
    series = (Series("a", tuple(names[:2]), apart=2, price=20.0), Series("b", tuple(names[2:]), 1, 30.0))
    return replace(base, caregivers=people, visits=some, series=series)


def on_days(visit: Visit, days: list[int]) -> Visit:
    """Return the visit that may be on any of these days; an errand's windows of its own keep it to the first."""
    windows = visit.windows[:1]
    return replace(
        visit,
        windows=tuple(
            Window(one.opens + day * DAY, one.closes + day * DAY)
            for day in (days if visit.kind in {"alone", "errand"} else days[:1])
            for one in windows
        ),
        parts=tuple(
            replace(part, windows=tuple(on_day(one, days[0]) for one in part.windows)) for part in visit.parts
        ),
    )


def on_day(window: Window, day: int) -> Window:
    return Window(window.opens + day * DAY, window.closes + day * DAY)
