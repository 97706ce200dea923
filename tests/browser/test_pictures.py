"""The README's pictures: `script/pictures` takes them anew and puts them into docs/pictures."""

import re
from pathlib import Path

from anjia.machine.environment import CHECKOUT
from tests.browser.conftest import Open
from tests.browser.screen import PHONE

LARGEST = 250_000  # bytes: a README opens on slow lines too
DESK = (1280, 800)


def named_in(readme: str) -> set[str]:
    return set(re.findall(r"docs/pictures/([\w-]+\.png)", (CHECKOUT / readme).read_text()))


class TestPictures:
    def test_are_small_and_those_that_the_readme_shows(
        self, open_screen: Open, pictures: Path, ids: dict[str, str]
    ) -> None:
        folder = pictures / "readme"
        folder.mkdir(exist_ok=True)

        resident = open_screen(size=PHONE)
        resident.step_in_as("resident")
        resident.show(folder / "resident.png")
        caregiver = open_screen(size=PHONE)
        caregiver.step_in_as("nurse")
        caregiver.show(folder / "caregiver.png")
        console = open_screen(size=DESK)
        console.step_in_as("dispatcher")
        console.page.locator("#gantt .bar").first.wait_for()
        console.show(folder / "board.png")
        console.open(f"/console/desk/visits/{ids['past']}")
        console.show(folder / "visit.png")

        sizes = {file.name: file.stat().st_size for file in folder.iterdir()}
        assert max(sizes.values()) < LARGEST, sizes
        assert named_in("README.md") == named_in("README.zh-CN.md") == sizes.keys()
