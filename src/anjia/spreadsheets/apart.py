"""
A file from anybody, read in a process of its own: what it does to its reader, it does to nobody else.

    python -m anjia.spreadsheets.apart '{"file": 20971520, …}'     the file comes in, its sheets go out

The process has little memory, little time and no secrets, and ends with whoever started it.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final

from anjia.spreadsheets.cleaning import Cell
from anjia.spreadsheets.limits import LIMITS, MIB, Limits, bomb, broken, too_large
from anjia.spreadsheets.sheets import Row, Sheet, read_sheets
from anjia.spreadsheets.words import Busy, Unreadable, _

SOURCES: Final = Path(__file__).resolve().parents[2]
NEEDED: Final = ("PATH", "LD_LIBRARY_PATH", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE")
PR_SET_PDEATHSIG: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """What a reader may use. A list of 100,000 rows and 20 columns takes 420 MB and 7 s, one of 10,000 takes 45 MB."""

    memory: int = 1024 * MIB
    processor: int = 30  # seconds
    time: int = 90  # seconds, since others may keep the processor busy
    answer: int = 64 * MIB


ALLOWANCE: Final = Allowance()
AT_ONCE: Final = threading.Semaphore(2)  # readers of one process of ours; the next waits,
WAITS: Final = 5.0  # but for so many seconds only: it keeps a thread from everybody


def read_apart(content: bytes, *, limits: Limits = LIMITS, allowance: Allowance = ALLOWANCE) -> list[Sheet]:
    """
    Read it. This takes its time: nobody may wait for it with a transaction open.

    :raises Unreadable: as `read_sheets` does, and if the file was too much for its reader
    :raises Busy: if others' files are being read and go on being read
    """
    if len(content) > limits.file:
        raise too_large(len(content), limits)
    if not AT_ONCE.acquire(timeout=WAITS):
        raise Busy("file.busy", _("现在有别的名单在读，请过一会儿再试。"))
    try:
        return answer_of(content, limits, allowance)
    finally:
        AT_ONCE.release()


def answer_of(content: bytes, limits: Limits, allowance: Allowance) -> list[Sheet]:
    """:raises Unreadable: as the reader says, or because it died"""
    process = subprocess.Popen(
        [sys.executable, "-s", "-m", __name__, told_to_the_reader(limits, allowance)],
        env={name: os.environ[name] for name in NEEDED if name in os.environ}
        | {"PYTHONPATH": str(SOURCES), "PYTHONSAFEPATH": "1"},
        cwd="/",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it could quote what is in the file
    )
    assert process.stdin is not None, "it is a pipe"
    assert process.stdout is not None, "it is a pipe"
    try:
        hand_over(content, process.stdin)
        sheets = sheets_in(lines_of(process.stdout, allowance.answer))
        code = process.wait()
    except (ValueError, TypeError, KeyError, LookupError, AttributeError):
        raise broken() from None  # it says what no reader of ours says
    finally:
        process.kill()
        process.stdout.close()
        process.wait()
    if code:
        raise bomb() if code < 0 else broken()
    return sheets


def told_to_the_reader(limits: Limits = LIMITS, allowance: Allowance = ALLOWANCE) -> str:
    return json.dumps({"limits": asdict(limits), "allowance": asdict(allowance), "parent": os.getpid()})


def hand_over(content: bytes, stream: IO[bytes]) -> None:
    with suppress(BrokenPipeError):  # it has died: how, it says at its end
        stream.write(content)
    with suppress(BrokenPipeError):
        stream.close()


def lines_of(stream: IO[bytes], most: int) -> Iterator[bytes]:
    """:raises Unreadable: if there is more than any list has to say"""
    while line := stream.readline(most + 1):
        most -= len(line)
        if most < 0:
            raise bomb()
        yield line


def sheets_in(lines: Iterable[bytes]) -> list[Sheet]:
    """:raises Unreadable: if that is what the reader has to say"""
    sheets: list[Sheet] = []
    for line in lines:
        said = json.loads(line)
        if isinstance(said, list):
            rows = sheets[-1].rows
            rows.append(Row(len(rows) + 1, tuple(map(heard, said))))
        elif "refused" in said:
            raise Unreadable(str(said["refused"]), str(said["words"]), **said["values"])
        else:
            merges = [((top, left), (bottom, right)) for (top, left), (bottom, right) in said["merges"]]
            sheets.append(Sheet(str(said["sheet"]), [], merges))
    return sheets


def heard(cell: Any) -> Cell:
    """Return the cell that was `told`."""
    if isinstance(cell, dict):
        return date.fromisoformat(cell["date"]) if "date" in cell else datetime.fromisoformat(cell["time"])
    if cell is None or isinstance(cell, str | int | float):
        return cell
    raise TypeError


# In the process of its own


def main() -> None:
    told = json.loads(sys.argv[1])
    give_up_what_is_not_needed(Allowance(**told["allowance"]), parent=told["parent"])
    out = sys.stdout.buffer
    try:
        for sheet in read_sheets(sys.stdin.buffer.read(), limits=Limits(**told["limits"])):
            write(out, {"sheet": sheet.name, "merges": sheet.merges})
            for row in sheet.rows:
                write(out, trimmed(row.cells))
    except Unreadable as refusal:
        write(out, {"refused": refusal.code, "words": refusal.words, "values": dict(refusal.values)})
    except MemoryError:
        os.kill(os.getpid(), signal.SIGKILL)
    out.flush()


def give_up_what_is_not_needed(allowance: Allowance, *, parent: int) -> None:
    if sys.platform == "win32":
        return
    signal.alarm(allowance.time)
    if sys.platform != "linux":
        return
    import resource  # noqa: PLC0415  # not everywhere

    resource.setrlimit(resource.RLIMIT_AS, (allowance.memory, allowance.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (allowance.processor, allowance.processor))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def trimmed(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Return the cells up to the last that says something."""
    return cells[: max((index for index, cell in enumerate(cells, start=1) if cell is not None), default=0)]


def write(out: IO[bytes], what: object) -> None:
    out.write(json.dumps(what, ensure_ascii=False, separators=(",", ":"), default=told_of).encode() + b"\n")


def told_of(cell: object) -> dict[str, str]:
    if isinstance(cell, datetime):
        return {"time": cell.isoformat()}
    assert isinstance(cell, date), "all others JSON knows"
    return {"date": cell.isoformat()}


if __name__ == "__main__":
    main()
