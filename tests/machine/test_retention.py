"""Which backups go: what is kept is said beforehand, by day, week and month."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anjia.machine import proving, retention
from anjia.machine.home import REAL, Home
from anjia.machine.retention import NAME, back_up_to, no_longer_wanted
from anjia.machine.steps import Stop

SUNDAY = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def backup(at: datetime) -> Path:
    return Path("/backups") / at.strftime(NAME)


def left(made: list[Path]) -> list[str]:
    gone = set(no_longer_wanted(made))
    return sorted(path.name[6:14] for path in made if path not in gone)


class TestNoLongerWanted:
    def test_keeps_seven_days_five_weeks_and_twelve_months_of_one_a_night(self) -> None:
        nights = [backup(SUNDAY - timedelta(days=number)) for number in range(500)]

        assert left(nights) == [
            # the newest of each month
            *("20250430", "20250531", "20250630", "20250731", "20250831", "20250930"),
            *("20251031", "20251130", "20251231"),
            # Sundays, with which weeks end, and the end of January
            *("20260131", "20260201", "20260208", "20260215", "20260222"),
            # seven nights
            *("20260223", "20260224", "20260225", "20260226", "20260227", "20260228", "20260301"),
        ]

    def test_keeps_the_newest_of_a_day(self) -> None:
        early, late = backup(SUNDAY), backup(SUNDAY + timedelta(hours=9))
        assert no_longer_wanted([late, early]) == [early]

    def test_lets_none_go_because_time_has_passed(self) -> None:
        old = [backup(SUNDAY - timedelta(days=400 * number)) for number in range(5)]
        assert no_longer_wanted(old) == []

    def test_leaves_alone_what_is_named_otherwise(self) -> None:
        others = [Path("/backups") / name for name in ("before-upgrade.tar", "anjia-1.tar", "anjia.tar.gpg")]
        many = [backup(SUNDAY + timedelta(minutes=number)) for number in range(3)]
        assert set(no_longer_wanted([*others, *many])) == set(many[:2])


class TestBackUpTo:
    @pytest.fixture
    def home(self, tmp_path: Path) -> Home:
        home = Home(tmp_path / "home")
        home.make(REAL)
        return home

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        (tmp_path / "backups").mkdir()
        return tmp_path / "backups"

    def test_removes_nothing_before_the_new_one_is_proven(
        self, home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old = [folder / (SUNDAY + timedelta(minutes=number)).strftime(NAME) for number in range(3)]
        for path in old:
            path.touch()
        monkeypatch.setattr(retention, "make_backup", lambda home, target: target.touch())
        monkeypatch.setattr(retention, "prove_backup", refuse)
        with pytest.raises(Stop, match="NOT whole"):
            back_up_to(home, folder)
        assert all(path.exists() for path in old)
        assert [path.suffix for path in folder.iterdir() if path not in old] == [".not-proven"]

        monkeypatch.setattr(retention, "prove_backup", lambda home, target: None)
        back_up_to(home, folder)

        assert [path.exists() for path in old] == [False, False, True]

    def test_is_refused_where_there_is_no_folder_or_within_the_data(self, home: Home, folder: Path) -> None:
        with pytest.raises(Stop, match="is no folder"):
            back_up_to(home, folder / "none")
        (home.path / "backups").mkdir()
        with pytest.raises(Stop, match="within the data folder"):
            back_up_to(home, home.path / "backups")

    def test_makes_none_where_none_can_be_proven(
        self, home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def none() -> str:
            raise Stop("There is no built-in PostgreSQL for this platform")

        monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/anjia")
        monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://elsewhere/anjia")
        monkeypatch.setattr(proving, "embedded_version", none)
        with pytest.raises(Stop, match="no built-in PostgreSQL"):
            back_up_to(home, folder)
        assert list(folder.iterdir()) == []


def refuse(home: Home, target: Path) -> None:
    raise Stop("the backup is NOT whole: on purpose.")
