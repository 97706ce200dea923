"""What a file does to its reader, it does to nobody else."""

import io
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
import xlsxwriter

from anjia.spreadsheets import apart
from anjia.spreadsheets.apart import Allowance, read_apart
from anjia.spreadsheets.limits import MIB
from anjia.spreadsheets.sheets import Row, Sheet, read_sheets
from anjia.spreadsheets.words import Busy, Unreadable
from tests.machine.conftest import is_running, kill, until

LISTS: Final = sorted((Path(__file__).parents[1] / "imports" / "files").glob("[1-6]-*"))
DAY, TIME = datetime.fromisoformat("1945-03-02"), datetime.fromisoformat("2026-03-02T08:30")
# It shows which process reads, and leaves that waiting for the file.
WAITING: Final = """
import time
from anjia.spreadsheets import apart
start = apart.subprocess.Popen
def started(*words, **how):
    process = start(*words, **how)
    print(process.pid, flush=True)
    return process
apart.subprocess.Popen, apart.hand_over = started, lambda *ignored: time.sleep(600)
apart.read_apart(b"x")
"""


def workbook(fill: Any) -> bytes:
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        fill(book, book.add_worksheet("名单"))
    return kept.getvalue()


def everything(book: Any, sheet: Any) -> None:
    sheet.merge_range(0, 0, 0, 3, "名单")
    sheet.write_row(1, 0, ["姓名", None, 3, 2.5, True])
    sheet.write_datetime(4, 2, DAY, book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write_datetime(4, 3, TIME, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
    book.add_worksheet("第二张").write(0, 0, "王芳\n“x”")


def small_file_of_gigabytes(book: Any, sheet: Any) -> None:
    """Each cell names the one long text that the file has: no check of ours counts what they become."""
    for row in range(2_000):
        sheet.write_row(row, 0, ["长" * 30_000] * 5)


def shortened(sheets: list[Sheet]) -> list[Sheet]:
    """Empty cells at the end of a row say nothing."""
    return [
        Sheet(sheet.name, [Row(row.number, apart.trimmed(row.cells)) for row in sheet.rows], sheet.merges)
        for sheet in sheets
    ]


class TestReadApart:
    @pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
    def test_finds_what_is_in_the_lists_of_real_life(self, path: Path) -> None:
        content = path.read_bytes()

        assert read_apart(content) == shortened(read_sheets(content))

    def test_keeps_days_times_numbers_merges_and_sheets(self) -> None:
        first, second = read_apart(workbook(everything))

        assert first.merges == [((0, 0), (0, 3))]
        assert first.rows[1].cells == ("姓名", None, 3, 2.5, True)
        assert first.rows[4] == Row(5, (None, None, DAY.date(), TIME))
        assert (second.name, second.rows) == ("第二张", [Row(1, ("王芳\n“x”",))])

    def test_refuses_in_the_readers_words(self) -> None:
        content = b"," * 300
        with pytest.raises(Unreadable) as here:
            read_sheets(content)

        with pytest.raises(Unreadable) as there:
            read_apart(content)

        assert (there.value.code, str(there.value)) == ("file.too_many_cells", str(here.value))

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
    def test_refuses_a_file_that_its_reader_died_of(self) -> None:
        content = workbook(small_file_of_gigabytes)

        with pytest.raises(Unreadable) as refusal:
            read_apart(content, allowance=Allowance(memory=128 * MIB))

        assert len(content) < MIB
        assert refusal.value.code == "file.bomb"

    def test_does_not_wait_for_others_without_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Taken:
            def acquire(self, *, timeout: float) -> bool:
                assert 0 < timeout < 10
                return False

        monkeypatch.setattr(apart, "AT_ONCE", Taken())

        with pytest.raises(Busy):
            read_apart("姓名,电话\n张桂芳,1\n".encode())

    def test_refuses_an_answer_that_no_list_of_people_would_be(self) -> None:
        with pytest.raises(Unreadable) as refusal:
            read_apart("姓名,电话\n张桂芳,1\n".encode(), allowance=Allowance(answer=40))

        assert refusal.value.code == "file.bomb"


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
class TestTheReader:
    def test_knows_no_secret_and_ends_with_whoever_asked_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in {"DATABASE_URL": "postgresql://", "SECRET_KEY": "x", "PYTHONPATH": "src"}.items():
            monkeypatch.setenv(name, value)
        asking = subprocess.Popen([sys.executable, "-c", WAITING], stdout=subprocess.PIPE, text=True)
        assert asking.stdout is not None, "it is a pipe"
        reader = int(asking.stdout.readline())
        try:
            until(lambda: b"apart" in Path(f"/proc/{reader}/cmdline").read_bytes())
            told = Path(f"/proc/{reader}/environ").read_bytes()
        finally:
            kill(asking.pid)
            asking.communicate()

        until(lambda: not is_running(reader))
        assert b"PYTHONPATH" in told
        assert b"DATABASE_URL" not in told
        assert b"SECRET_KEY" not in told

    def test_has_little_time(self) -> None:
        told = apart.told_to_the_reader(allowance=Allowance(time=1))
        reader = subprocess.Popen([sys.executable, "-m", apart.__name__, told], stdin=subprocess.PIPE)

        reader.wait(60)  # for a file that never comes

        assert reader.returncode == -signal.SIGALRM
        reader.communicate()
