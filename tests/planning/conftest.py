"""The search is compiled once, and kept beside the virtual environment; a fresh checkout waits a minute for it."""

import os
import sys
from pathlib import Path

os.environ.setdefault("ANJIA_PLANNING_CACHE", str(Path(sys.prefix) / "planning"))
