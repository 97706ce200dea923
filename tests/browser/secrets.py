"""What must stay out of logs and live streams: whoever lives or works in the town, and how to reach them."""

import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx
import psycopg

from anjia.machine.home import Home
from anjia.machine.postgres import Cluster

WATCHER: Final = "dispatcher"  # who is told of everything
PHONE: Final = re.compile(r"(?<![\w-])(?:\+?86)?1[3-9]\d{9}(?![\w-])")
ID_NUMBER: Final = re.compile(r"(?<!\w)[1-9]\d{5}(?:19|20)\d{9}[\dXx](?!\w)")
PLACE: Final = re.compile(r"[\u4e00-\u9fff]+[路街巷弄]\s*\d+\s*号")
FIELD: Final = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
NAMES: Final = "SELECT name FROM residents_resident UNION SELECT name FROM identity_account"


@dataclass(slots=True)
class Stream:
    """What somebody's open page has been told."""

    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def listen(self, client: httpx.Client) -> None:
        try:
            with client.stream("GET", "/live", timeout=None) as answer:
                assert answer.status_code == 200, answer.status_code
                self.lines.extend(answer.iter_lines())
        except httpx.HTTPError as error:
            self.lines.append(f": {type(error).__name__}")


@contextmanager
def recorded(url: str) -> Iterator[Stream]:
    """Record a dispatcher's live stream, until the server ends it."""
    stream = Stream()
    with httpx.Client(base_url=url, trust_env=False) as client:
        found = FIELD.search(client.get("/").text)
        assert found, "the front page has cards"
        client.post(f"/demo/{WATCHER}", data={"csrfmiddlewaretoken": found[1]}, headers={"Referer": url})
        listening = threading.Thread(target=stream.listen, args=(client,), daemon=True, name="recorder")
        listening.start()
        yield stream
        listening.join(20)


def names_in(home: Home) -> set[str]:
    """Return the name of everybody in the town, past row-level security."""
    with psycopg.connect(Cluster(home).url("postgres")) as connection:
        names = {name for (name,) in connection.execute(NAMES) if len(name) > 1}
    assert len(names) > 10, names
    return names


def secrets_in(text: str, names: Iterable[str]) -> set[str]:
    """Return what the text says of anybody."""
    shapes = (PHONE, ID_NUMBER, PLACE)
    return {found[0] for shape in shapes for found in shape.finditer(text)} | {
        name for name in names if name in text
    }


def check_silence(home: Home, stream: Stream, names: set[str]) -> None:
    """Nobody may be found in what the server has said to its logs and its open pages."""
    assert stream.lines[:1] == ["retry: 2000"], stream.lines[:1]
    said = {file.name: file.read_text(errors="replace") for file in (home.path / "log").iterdir()}
    assert "said" in said
    said["/live"] = stream.text
    told = {name: sorted(secrets_in(text, names)) for name, text in said.items()}
    assert not any(told.values()), f"personal data in {told}"
