"""What is compiled for the planning benchmark is kept beside the virtual environment, or where somebody says."""

import os
from pathlib import Path

os.environ.setdefault(
    "ANJIA_PLANNING_CACHE", str(Path(__file__).resolve().parent.parent / ".venv" / "planning")
)
