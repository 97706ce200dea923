"""What a stand-in says afterwards: kept in a folder, under the time when it is to be said, until it has been."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Afterwards:
    folder: Path

    def keep(self, name: str, said: Any, *, due: int) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / f"{due:012d}-{name}").write_text(json.dumps(said, ensure_ascii=False))

    def due(self, at: float) -> list[tuple[Path, Any]]:
        """Return what is to be said by now, the longest due first. Whoever has said it unlinks the path."""
        paths = sorted(self.folder.glob("*-*")) if self.folder.exists() else []
        return [
            (path, json.loads(path.read_text())) for path in paths if int(path.name.partition("-")[0]) <= at
        ]
