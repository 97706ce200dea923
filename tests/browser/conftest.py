"""
The browser journeys: real server, real Chromium, a demo town of their own.

ANJIA_PICTURES: the folder where the screenshots are kept. ANJIA_URL: a demo that runs already, to try things out.
"""

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from anjia.machine.development import NO_CHROMIUM, find_chromium
from anjia.simulation.pictures import scribble
from tests.browser.screen import Screen
from tests.browser.server import FLAGS, demo_server

Open = Callable[..., Screen]
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


# A package's fixtures end with its last test: Playwright's event loop must not run while others use the database.
@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[str]:
    """Give the address of a demo."""
    if "ANJIA_URL" in os.environ:
        yield os.environ["ANJIA_URL"]
        return
    with demo_server(tmp_path_factory.mktemp("browser")) as url:
        yield url


@pytest.fixture(scope="package")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    kept = os.environ.get("ANJIA_PICTURES")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture
def open_screen(
    request: pytest.FixtureRequest, chromium: Browser, site: str, pictures: Path
) -> Iterator[Open]:
    """Open screens for a test; at its end nothing may have been wrong on any of them."""
    screens: list[Screen] = []

    def open_one(**how: Any) -> Screen:
        screens.append(Screen(chromium, site, pictures, **how))
        return screens[-1]

    yield open_one
    for number, screen in enumerate(screens):
        if request.node.stash.get(FAILED, False):
            screen.page.screenshot(path=pictures / f"failed-{request.node.name}-{number}.png", full_page=True)
        screen.close()
    wrong = [one for screen in screens for one in screen.wrong]
    assert not wrong, "\n".join(["", *wrong])


@pytest.fixture(scope="package")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a photo: big enough to be one, of nobody."""
    file = tmp_path_factory.mktemp("photo") / "photo.png"
    file.write_bytes(scribble(3))
    return file
