"""The questions of tests/simulation/test_month.py: of thirty elders, three nurses, one who stands by, and a month."""

import sys
import tempfile
from pathlib import Path
from typing import Final

from proofs._tests import asked, last_line

DAYS: Final = 30
ELDERS: Final = 30


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="anjia-proof-") as place:
        said = Path(place) / "said"
        ran = asked(
            "tests/simulation/test_month.py", ANJIA_PILOT=f"{DAYS},{ELDERS}", ANJIA_PILOT_SAYS=str(said)
        )
        print(said.read_text("utf-8") if said.exists() and not ran.returncode else ran.stdout)
    print(f"simulated: {DAYS} days, {ELDERS} elders: {last_line(ran)}")
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main())
