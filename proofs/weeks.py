"""The questions of tests/simulation/test_weeks.py: of thirty elders, and four weeks in which much goes wrong."""

import sys
import tempfile
from pathlib import Path
from typing import Final

from proofs._tests import asked, last_line

DAYS: Final = 28
ELDERS: Final = 30


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="anjia-proof-") as place:
        said = Path(place) / "said"
        ran = asked(
            "tests/simulation/test_weeks.py",
            "-m",
            "long",
            ANJIA_WEEKS=f"{DAYS},{ELDERS}",
            ANJIA_PILOT_SAYS=str(said),
        )
        print(said.read_text("utf-8") if said.exists() and not ran.returncode else ran.stdout)
    print(f"simulated: {DAYS} days, {ELDERS} elders: {last_line(ran)}")
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main())
