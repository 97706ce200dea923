"""What is compiled for planning is kept where the planning tests keep it."""

import os
import sys
from pathlib import Path

os.environ.setdefault("ANJIA_PLANNING_CACHE", str(Path(sys.prefix) / "planning"))
