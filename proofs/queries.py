"""The walk of tests/web/test_walk_statement_counts.py with more rows; its table goes to docs/reference/queries.md."""

import sys
from typing import Final

from proofs._tests import CHECKOUT, asked, last_line

ROWS: Final = 22
WRITTEN: Final = CHECKOUT / "docs" / "reference" / "queries.md"


def main() -> int:
    ran = asked(
        "tests/web/test_walk_statement_counts.py", ANJIA_QUERY_ROWS=str(ROWS), ANJIA_QUERIES_TO=str(WRITTEN)
    )
    print(f"2 and {ROWS} more of everything: {last_line(ran)}")
    return ran.returncode


if __name__ == "__main__":
    sys.exit(main())
