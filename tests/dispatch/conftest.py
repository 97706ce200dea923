"""What is compiled for planning is kept where the planning tests keep it; and what several tests ask for."""

import os
import sys
from pathlib import Path

import pytest

from anjia.kernel import work

os.environ.setdefault("ANJIA_PLANNING_CACHE", str(Path(sys.prefix) / "planning"))


@pytest.fixture
def no_second_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "ATTEMPTS", 1)  # so that a deadlock would be an error
