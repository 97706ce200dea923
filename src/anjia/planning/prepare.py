"""
Compile the search, so that the first plan does not wait for it.

    ANJIA_PLANNING_CACHE=FOLDER python -m anjia.planning.prepare
"""

import sys
import time

from anjia.planning.problem import Caregiver, Part, Problem, Shift, Visit, Window
from anjia.planning.search.compiling import CACHE
from anjia.planning.solve import solve


def compile_search() -> float:
    """Plan something small; return how many seconds that took, nearly nothing if all is compiled already."""
    began = time.monotonic()
    visit = Visit("v", "home", (Part("care", 30.0),), (Window(0.0, 60.0),))
    caregiver = Caregiver("c", (Shift("day", 0.0, 480.0, "home", "home"),), {"care": 0})
    solve(Problem((caregiver,), (visit,), ("home",), {"": ((0.0,),)}), iterations=1)
    return time.monotonic() - began


def main() -> int:
    if not CACHE:
        print("ANJIA_PLANNING_CACHE names no folder to keep what is compiled.", file=sys.stderr)
        return 2
    print(f"The planning engine is compiled ({compile_search():.1f} s).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
