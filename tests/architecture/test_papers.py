"""What the papers point at is there: they cannot go on telling of what has been renamed or taken away."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

import anjia
from anjia.machine.command import OUR_OWN

SOURCES = Path(anjia.__path__[0])
CHECKOUT = SOURCES.parent.parent
DECISIONS = sorted((CHECKOUT / "docs" / "decisions").glob("*.md"))
QUOTED = re.compile(r"`([^`\s]+)`")
IS_FILE = re.compile(r"/|\.(py|toml)$")
IS_NAME = re.compile(r"[A-Za-z_][\w.]*")
COMMAND = re.compile(r"(?:script/anjia|sudo anjia|anjia-in-container|`anjia) ([a-z]\w+)")
LINK = re.compile(r"\]\(([^)#:]+)\)")


def is_there(path: str) -> bool:
    """Say whether there is such a file or folder, named from the checkout, from the packages, or from within one."""
    return (CHECKOUT / path).exists() or any(SOURCES.rglob(path)) or any((CHECKOUT / "tests").rglob(path))


def names_in(folder: Path) -> set[str]:
    return {name for path in folder.rglob("*.py") for name in re.findall(r"\w+", path.read_text())}


def missing(words: list[str], known: set[str]) -> list[str]:
    """Return those that are neither a file that is there nor a name that is known."""
    files = [word for word in words if IS_FILE.search(word) and not word.startswith("/")]
    names = [word for word in words if word not in files and IS_NAME.fullmatch(word)]
    lost = [name for name in names if name.rsplit(".", 1)[-1] not in known]
    return [*(path for path in files if not is_there(path)), *lost]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
class TestDecision:
    def test_ends_with_a_check_that_exists(self, path: Path) -> None:
        last = path.read_text().strip().splitlines()[-1]

        assert last.startswith("**Kept by** ")
        assert missing(QUOTED.findall(last), names_in(CHECKOUT / "tests")) == []


def test_the_tour_leads_to_what_is_there() -> None:
    words = QUOTED.findall((CHECKOUT / "docs" / "tour.md").read_text())

    assert len(words) > 50
    assert missing(words, names_in(SOURCES)) == []


@pytest.mark.parametrize("paper", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "docs/tour.md"])
def test_links_lead_to_what_is_there(paper: str) -> None:
    path = CHECKOUT / paper

    assert [link for link in LINK.findall(path.read_text()) if not (path.parent / link).exists()] == []


@pytest.mark.parametrize(
    "paper",
    ["README.md", "README.zh-CN.md", "docs/deploy.md", "docs/deploy.zh-CN.md", "deploy/anjia-backup.service"],
)
def test_commands_that_are_to_be_typed_are_there(paper: str) -> None:
    of_containers = re.findall(r"^(\w+)\)", (CHECKOUT / "deploy" / "in-container").read_text(), re.MULTILINE)
    named = set(COMMAND.findall((CHECKOUT / paper).read_text()))

    assert named
    assert named - {*OUR_OWN, *get_commands(), *of_containers, "help"} == set()
