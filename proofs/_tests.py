"""Tests that are asked more than they are asked every day, and what they say of it."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

CHECKOUT: Final = Path(__file__).resolve().parents[1]


def asked(path: str, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the tests there with more asked of them."""
    environment: Mapping[str, str] = os.environ | more
    return subprocess.run(
        [CHECKOUT / "script" / "test", path, *options, "-q", "--tb=short", "-p", "no:cacheprovider"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )


def last_line(ran: subprocess.CompletedProcess[str]) -> str:
    return ran.stdout.splitlines()[-1]
