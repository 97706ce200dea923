"""
How long a first start waits for its demo town: what `script/server` does once, in seconds of the clock and of the
processor. The promise is 30 seconds of the clock on two cores that do nothing else.
"""

from benchmarks import _rates  # first: it sets up Django

# isort: split
import sys
import time
from io import StringIO

from django.core.management import call_command

SECONDS = 30


def main() -> int:
    began, used = time.perf_counter(), time.process_time()
    call_command("seed_demo", verbosity=0, stdout=StringIO())
    took = time.perf_counter() - began
    _rates.show("founding.demo", took, "s")
    _rates.show("founding.demo.processor", time.process_time() - used, "s")
    return 0 if took < SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
