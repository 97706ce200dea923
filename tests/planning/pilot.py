"""
What a pilot begins with: a nurse's morning with blood to bring to the laboratory, and a week of three nurses.

Times are minutes from Monday's midnight. Who lives where is drawn once; all else is written down.
"""

import random
from typing import Final

from anjia.planning.problem import (
    DAY,
    Break,
    Caregiver,
    Part,
    Problem,
    Series,
    Shift,
    Visit,
    Weights,
    Window,
)

WEEKDAYS: Final = 5
ELDERS: Final = 30
STATION: Final = "station"
LABORATORY: Final = "laboratory"
CLOSES: Final = 10.5 * 60.0  # when the laboratory takes no more blood
FRESH: Final = 120.0  # minutes from the needle to the laboratory
KEEPS: Final = 240.0  # of blood that need not be quite as fresh


def places(number: int, seed: int, across: float) -> dict[str, tuple[float, float]]:
    """Return who lives where in a town of so many minutes across, its station in the middle."""
    dice = random.Random(seed)
    homes = {f"home{k:02}": (dice.uniform(0, across), dice.uniform(0, across)) for k in range(number)}
    return {STATION: (across / 2, across / 2), LABORATORY: (across * 0.8, across * 0.3), **homes}


def ways(spots: dict[str, tuple[float, float]]) -> dict[str, tuple[tuple[float, ...], ...]]:
    return {
        "": tuple(
            tuple(float(round(abs(a - c) + abs(b - d))) for c, d in spots.values()) for a, b in spots.values()
        )
    }


def draw(name: str, home: str, day: int = 0, fresh: float = FRESH) -> Visit:
    """Return blood that is drawn before breakfast, and is at the laboratory in time."""
    since = day * DAY
    delivery = Part("blood", 5.0, 0, 4.0, LABORATORY, (Window(since, since + CLOSES),), hard=True)
    return Visit(
        name,
        home,
        (Part("blood", 15.0), delivery),
        (Window(since + 7 * 60.0, since + 9.5 * 60.0),),
        hard=True,
        kind="errand",
        gap=(0.0, fresh),
    )


def morning() -> Problem:
    """One nurse, six visits; three of them are fasting, and the laboratory closes at half past ten."""
    spots = places(6, 11, 30.0)
    care = [
        Visit(
            f"care{k}",
            f"home{k:02}",
            (Part("care", 40.0),),
            (Window(opens * 60.0, (opens + 2) * 60.0),),
        )
        for k, opens in ((3, 7.5), (4, 9.0), (5, 10.0))
    ]
    nurse = Caregiver(
        "nurse",
        (Shift("day", 7 * 60.0, 13 * 60.0, STATION, STATION, may_run_over=False),),
        {"care": 0, "blood": 0},
    )
    return Problem(
        (nurse,),
        (*(draw(f"draw{k}", f"home{k:02}") for k in range(3)), *care),
        tuple(spots),
        ways(spots),
        Weights(travel=1, lateness=5, worst_lateness=3),
    )


def week() -> Problem:
    """
    Three nurses from Monday to Friday, thirty elders.

    Twelve are visited twice a week, by the same nurse if that can be; four give blood on an empty stomach; three need
    two nurses; of eight only one of the nurses can dress the wound. Each nurse rests at noon.
    """
    spots = places(ELDERS, 7, 40.0)
    visits, series = list[Visit](), list[Series]()
    for k in range(ELDERS):
        home = f"home{k:02}"
        if k < 12:
            pair = [visit(f"{home}-{day}", home, k, day) for day in (k % 2, 3 + k % 2)]
            visits += pair
            series.append(Series(home, tuple(one.id for one in pair), apart=2, price=15.0))
        elif k < 16:
            visits.append(draw(home, home, k % WEEKDAYS, KEEPS))
        elif k < 19:
            visits.append(two(home, home, k % WEEKDAYS))
        else:
            visits.append(visit(home, home, k, (0, 1, 2, 0, 1)[k % WEEKDAYS]))
    return Problem(
        tuple(nurse(name, skills) for name, skills in NURSES.items()),
        tuple(visits),
        tuple(spots),
        ways(spots),
        Weights(travel=1, lateness=5, overtime=3),
        series=tuple(series),
    )


NURSES: Final = {"an": ("care", "blood", "wound"), "bo": ("care", "blood"), "chen": ("care", "wound")}


def nurse(name: str, skills: tuple[str, ...]) -> Caregiver:
    shifts = tuple(
        Shift(
            f"day{day}",
            day * DAY + 7 * 60.0,
            day * DAY + 16 * 60.0,
            STATION,
            STATION,
            (Break(day * DAY + 11 * 60.0, day * DAY + 14 * 60.0, 45.0, price=100.0),),
            may_run_over=False,
        )
        for day in range(WEEKDAYS)
    )
    return Caregiver(name, shifts, dict.fromkeys(skills, 0), most_work=36 * 60.0)


def visit(name: str, home: str, k: int, day: int) -> Visit:
    opens = day * DAY + (8, 9, 10, 13, 14)[k % 5] * 60.0
    return Visit(
        name,
        home,
        (Part("wound" if k % 4 == 0 else "care", 40.0 + 10 * (k % 3), set_up=5.0),),
        (Window(opens, opens + 90.0),),
        hard=True,
    )


def two(name: str, home: str, day: int) -> Visit:
    parts = (Part("care", 50.0, set_up=5.0), Part("care", 50.0, set_up=5.0))
    return Visit(
        name, home, parts, (Window(day * DAY + 9 * 60.0, day * DAY + 15 * 60.0),), hard=True, kind="together"
    )
