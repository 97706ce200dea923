import re
from pathlib import Path

import anjia


def test_no_two_shapes_have_one_name() -> None:
    """The document knows shapes by their names: of two the second would be described as the first."""
    places: dict[str, set[str]] = {}
    for path in sorted(Path(anjia.__path__[0]).rglob("*.py")):
        for name in re.findall(r"^class (\w+)\((?:\w*Schema|\w+(?:In|Out))\b", path.read_text(), flags=re.M):
            places.setdefault(name, set()).add(str(path))

    assert len(places) > 100
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
