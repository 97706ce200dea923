"""Station computers run an old Chromium: our own scripts and styles say nothing that it does not understand."""

import re
from pathlib import Path

import pytest

import anjia

ROOT = Path(anjia.__path__[0])
SCRIPTS = sorted(ROOT.glob("*/static/**/*.js"))
STYLES = sorted(ROOT.glob("*/static/**/*.css"))
TEMPLATES = sorted(ROOT.glob("*/templates/**/*.html"))
TOO_NEW = {
    "logical assignment (ES2021)": r"\|\|=|&&=|\?\?=",
    "numeric separators (ES2021)": r"\b\d+_\d+\b",
    "replaceAll (ES2021)": r"\.replaceAll\(",
    "Promise.any, WeakRef (ES2021)": r"\bPromise\.any\b|\bWeakRef\b",
    "at() (ES2022)": r"\.at\(",
    "private members, static blocks (ES2022)": r"\bthis\.#|\bstatic\s*\{",
    "top-level await (ES2022)": r"^await\b",
    "structuredClone, hasOwn (ES2022)": r"\bstructuredClone\b|\bObject\.hasOwn\b",
    "modules": r"^\s*(import|export)\b",
}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
@pytest.mark.parametrize("what", TOO_NEW)
def test_scripts_are_es2020_at_most(path: Path, what: str) -> None:
    assert re.search(TOO_NEW[what], path.read_text(), re.MULTILINE) is None


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_use_no_nesting_and_no_new_selectors(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)

    assert re.findall(r":has\(|:is\(|:where\(|@container|@layer|color-mix\(|@property|\bdvh\b", text) == []
    assert deepest(text) <= 2  # one for @media


@pytest.mark.parametrize("path", [*SCRIPTS, *STYLES, *TEMPLATES], ids=lambda path: path.name)
def test_nothing_is_fetched_from_anybody_else(path: Path) -> None:
    text = path.read_text().replace("http://www.w3.org/2000/svg", "")

    assert re.findall(r"""(?:src|href|url|action|fetch|@import)\W{1,3}(?:https?:)?//\w""", text) == []


def deepest(style: str) -> int:
    depth = most = 0
    for sign in re.findall(r"[{}]", style):
        depth += 1 if sign == "{" else -1
        most = max(most, depth)
    return most
