"""`sudo script/install anjia.example.org`"""

import sys

from anjia.machine.install import checks, steps
from anjia.machine.install.asked import read
from anjia.machine.install.host import Host
from anjia.machine.steps import one_sentence


def main() -> None:
    with one_sentence():
        asked = read(sys.argv[1:])
        checks.check(asked)
        host = Host(asked.dry_run)
        for words, do in steps.STEPS:
            print(f"* {words}", flush=True)
            do(host, asked)
    print("Nothing was changed." if asked.dry_run else f"Done: https://{asked.name}/")


if __name__ == "__main__":
    main()
