import json
import random
import resource
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from anjia.kernel.folders import held
from anjia.machine.archive import check_target, pack, partial_of, unpack
from anjia.machine.backup import restore_backup
from anjia.machine.home import DEMO, REAL, Home
from anjia.machine.steps import Stop

FLIPS = 200


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Make a data folder with files of somebody's."""
    home = Home(tmp_path / "老 家")
    home.make(REAL)
    for number in range(3):
        (home.path / "files" / f"f{number}").mkdir(parents=True)
        (home.path / "files" / f"f{number}" / "door.enc").write_bytes(random.randbytes(600 * number))
    return home


@pytest.fixture
def packed(home: Home, tmp_path: Path) -> Path:
    """Make the backup of it, with something in place of the database."""
    place = tmp_path / "place"
    (place / "seals").mkdir(parents=True)
    (place / "seals" / "newest.jsonl").write_text("{}\n")
    (place / "database.dump").write_bytes(random.randbytes(1_500))
    pack(home, place, tmp_path / "anjia.tar")
    return tmp_path / "anjia.tar"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def unpacked(source: Path, place: Path) -> dict[str, bytes]:
    place.mkdir()
    unpack(source, place)
    return contents(place)


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """Let writing fail from there on, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class TestPack:
    def test_leaves_nothing_when_the_disk_is_full_and_says_where(
        self, home: Home, packed: Path, tmp_path: Path
    ) -> None:
        target = tmp_path / "full" / "anjia.tar"
        target.parent.mkdir()

        with no_file_longer_than(4_096), pytest.raises(Stop, match=r"could not be written to .*full"):
            pack(home, tmp_path / "place", target)

        assert contents(target.parent) == {}

    def test_is_not_written_where_another_is_being_written(
        self, home: Home, packed: Path, tmp_path: Path
    ) -> None:
        target = tmp_path / "second.tar"

        with partial_of(target) as stream:
            stream.write(b"the other's")
            stream.flush()
            with pytest.raises(Stop, match="another backup is being written"):
                pack(home, tmp_path / "place", target)
            assert Path(
                stream.name if isinstance(stream.name, str) else f"{target}.partial"
            ).read_bytes() == (b"the other's")

    def test_does_not_overwrite_what_came_there_meanwhile(
        self, home: Home, packed: Path, tmp_path: Path
    ) -> None:
        before = packed.read_bytes()

        with pytest.raises(Stop, match="never overwrites"):
            pack(home, tmp_path / "place", packed)

        assert packed.read_bytes() == before
        assert not packed.with_name("anjia.tar.partial").exists()

    def test_takes_the_place_of_what_one_that_was_killed_has_left(
        self, home: Home, packed: Path, tmp_path: Path
    ) -> None:
        target = tmp_path / "again.tar"
        target.with_name("again.tar.partial").write_bytes(bytes(100_000))

        pack(home, tmp_path / "place", target)

        assert unpacked(target, tmp_path / "out") == unpacked(packed, tmp_path / "first") | {
            "anjia.json": (tmp_path / "out" / "anjia.json").read_bytes()
        }

    def test_says_at_once_that_there_is_no_such_folder(self, tmp_path: Path) -> None:
        with pytest.raises(Stop, match="there is no folder"):
            check_target(tmp_path / "usb" / "anjia.tar")


class TestUnpack:
    def test_refuses_whatever_is_cut_off(self, packed: Path, tmp_path: Path) -> None:
        whole, cut = packed.read_bytes(), tmp_path / "cut.tar"
        with tarfile.open(packed) as tar:
            ends = [member.offset for member in tar] + [tar.offset]
        places = sorted({*ends, *(end + 300 for end in ends), *random.Random(1).sample(range(ends[-1]), 20)})
        assert len(places) > 30

        for number, end in enumerate(place for place in places if place <= ends[-1]):
            cut.write_bytes(whole[:end])
            with pytest.raises(Stop, match=r"not a backup|cut off"):
                unpacked(cut, tmp_path / f"out{number}")

    def test_refuses_what_was_altered_or_finds_the_same_in_it(self, packed: Path, tmp_path: Path) -> None:
        whole, altered = packed.read_bytes(), tmp_path / "altered.tar"
        right = unpacked(packed, tmp_path / "right")
        with tarfile.open(packed) as tar:
            last = list(tar)[-1].offset_data  # beyond, only what is said of the rest
        chance, refused = random.Random(2), 0

        for number in range(FLIPS):
            at = chance.randrange(last)
            altered.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
            try:
                found = unpacked(altered, tmp_path / f"out{number}")
            except Stop:
                refused += 1
            else:
                assert found == right, at

        assert refused > FLIPS / 4

    @pytest.mark.parametrize(
        "about", ["[]", "7", '{"kind": "real"}', '{"format": "new"}', '{"format": null}', "\0"]
    )
    def test_says_of_a_foreign_file_that_it_is_no_backup(self, about: str, tmp_path: Path) -> None:
        (tmp_path / "anjia.json").write_text(about)
        with tarfile.open(tmp_path / "foreign.tar", "w") as tar:
            tar.add(tmp_path / "anjia.json", "anjia.json")

        with pytest.raises(Stop, match="not a backup"):
            unpacked(tmp_path / "foreign.tar", tmp_path / "out")

    def test_still_reads_what_older_versions_made(self, packed: Path, tmp_path: Path) -> None:
        right = unpacked(packed, tmp_path / "right")
        (tmp_path / "right" / "anjia.json").write_text(json.dumps({"format": 1, "kind": REAL}))
        with tarfile.open(tmp_path / "old.tar", "w") as tar:
            tar.add(tmp_path / "right", "")

        found = unpacked(tmp_path / "old.tar", tmp_path / "out")

        assert {**found, "anjia.json": b""} == {**right, "anjia.json": b""}

    def test_does_not_take_a_full_disk_for_a_foreign_file(self, packed: Path, tmp_path: Path) -> None:
        with no_file_longer_than(1_024), pytest.raises(OSError, match="too large"):
            unpacked(packed, tmp_path / "out")


class TestRestore:
    def test_does_not_touch_what_another_command_is_making(self, packed: Path, tmp_path: Path) -> None:
        other = Home(tmp_path / "other")
        other.path.mkdir()

        with held(other.path):
            with pytest.raises(Stop, match="made by another"):
                restore_backup(other, packed)
            with pytest.raises(Stop, match="made by another"):
                other.make(DEMO)
        assert other.path.exists()

    def test_says_from_its_first_file_on_that_it_is_not_over(
        self, packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home = Home(tmp_path / "new")
        said: list[str] = []

        def look(_: Path, place: Path) -> None:
            with pytest.raises(Stop) as stop:
                Home(place).check_restored()
            said.append(str(stop.value))
            raise Stop("enough")

        monkeypatch.setattr("anjia.machine.backup.unpack", look)
        with pytest.raises(Stop, match="enough"):
            restore_backup(home, packed)

        assert "not restored to the end" in said[0]
        assert home.is_empty
