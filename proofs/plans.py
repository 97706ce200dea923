"""The questions of tests/web/test_plans.py, with a million rows in every big table."""

import sys
from typing import Final

from proofs._tests import asked, last_line

ROWS: Final = 1_000_000


def main() -> int:
    ran = asked("tests/web/test_plans.py", ANJIA_PLAN_ROWS=str(ROWS))
    print(f"{ROWS} rows in each table: {last_line(ran)}")
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main())
