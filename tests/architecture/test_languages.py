"""Chinese first, English complete: whatever a page or a refusal can say, it can say in both."""

import re
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

import anjia

ROOT = Path(anjia.__path__[0])
CHINESE = re.compile(r"[\u4e00-\u9fff]")
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "gettext_noop": None,
}


Said = tuple[str, str]  # the context in which it is said, or none, and the words


def said() -> dict[Said, str]:
    """Return every Chinese text that is marked for translation, and the file that says it."""
    found: dict[Said, str] = {}
    for path in sorted([*ROOT.rglob("*.py"), *ROOT.rglob("templates/**/*.html")]):
        text = path.read_text()
        code = templatize(text) if path.suffix == ".html" else text
        for _line, message, _comments, context in extract("python", BytesIO(code.encode()), KEYWORDS):
            for words in [message] if isinstance(message, str) else message:
                if CHINESE.search(words or ""):
                    found[context or "", words] = path.relative_to(ROOT).as_posix()
    return found


def catalogues() -> list[Path]:
    return sorted(ROOT.glob("*/locale/en/LC_MESSAGES/django.po"))


def translated() -> set[Said]:
    known: set[Said] = set()
    for path in catalogues():
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                forms = [message.string] if isinstance(message.string, str) else list(message.string or [])
                if all(forms) and not message.fuzzy:
                    ids = [message.id] if isinstance(message.id, str) else message.id
                    known.update((message.context or "", words) for words in ids)
    return known


def test_the_same_words_are_said_in_the_same_way_everywhere() -> None:
    """All catalogues are one: of two translations, that of the context named first in the settings would win."""
    said_as: dict[tuple[str | None, str], set[str]] = {}
    for path in catalogues():
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                words = message.id if isinstance(message.id, str) else message.id[0]
                if words:
                    said_as.setdefault((message.context, words), set()).add(str(message.string))

    assert {words: ways for words, ways in said_as.items() if len(ways) > 1} == {}


def test_everything_that_is_said_can_be_said_in_english() -> None:
    known = translated()

    assert len(known) > 100
    assert sorted(f"{where}: {one}" for one, where in said().items() if one not in known) == []


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parts[-5])
def test_nothing_stands_twice_in_a_catalogue(path: Path) -> None:
    """Of two translations of the same words the last would win, and nobody would see the other."""
    entry = re.compile(r'^(?:msgctxt (".*")\n)?msgid ((?:".*"\n)+)', re.MULTILINE)
    times = Counter(entry.findall(path.read_text()))

    assert len(times) > 1
    assert [one for one, count in times.items() if count > 1] == []


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parts[-5])
def test_english_is_not_chinese(path: Path) -> None:
    with path.open("rb") as file:
        wrong = [
            message.id
            for message in read_po(file, locale="en")
            if CHINESE.search(str(message.string)) and message.id
        ]
    assert wrong == []


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parts[-5])
def test_placeholders_are_the_same_in_both(path: Path) -> None:
    holes = re.compile(r"%\((\w+)\)|\{(\w*)\}")
    with path.open("rb") as file:
        wrong = [
            message.id
            for message in read_po(file, locale="en")
            if isinstance(message.id, str)
            and message.id
            and set(holes.findall(message.id)) != set(holes.findall(str(message.string)))
        ]
    assert wrong == []
