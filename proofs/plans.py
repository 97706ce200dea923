"""The questions of tests/web/test_plans.py, with a million rows in every big table."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).resolve().parents[1]
ROWS: Final = 1_000_000


def main() -> int:
    asked = subprocess.run(
        [
            CHECKOUT / "script" / "test",
            "tests/web/test_plans.py",
            "-q",
            "--tb=short",
            "-p",
            "no:cacheprovider",
        ],
        env=os.environ | {"ANJIA_PLAN_ROWS": str(ROWS)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    print(f"{ROWS} rows in each table: {asked.stdout.splitlines()[-1]}")
    return asked.returncode


if __name__ == "__main__":
    sys.exit(main())
