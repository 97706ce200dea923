import json
import stat
from base64 import b64decode
from pathlib import Path

import pytest

from anjia.machine import home as homes
from anjia.machine.database import environment_of
from anjia.machine.home import DEMO, REAL, Home
from anjia.machine.steps import Stop


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "var")


class TestHome:
    def test_never_changes_its_kind(self, home: Home) -> None:
        home.make(DEMO)

        with pytest.raises(Stop, match="never changes"):
            home.make(REAL)
        assert home.kind == DEMO

    def test_does_not_settle_in_a_folder_of_something_else(self, home: Home) -> None:
        home.path.mkdir()
        (home.path / "thesis.doc").touch()

        with pytest.raises(Stop, match="something else"):
            home.make(DEMO)
        assert [path.name for path in home.path.iterdir()] == ["thesis.doc"]

    def test_makes_its_keys_once_and_for_our_eyes_only(self, home: Home) -> None:
        home.make(DEMO)
        home.database_passwords()
        before = {file.name: file.read_text() for file in home.keys.iterdir()}
        home.make(DEMO)
        home.database_passwords()

        assert {file.name: file.read_text() for file in home.keys.iterdir()} == before
        assert {stat.S_IMODE(file.stat().st_mode) for file in home.keys.iterdir()} == {0o600}
        assert stat.S_IMODE(home.keys.stat().st_mode) == 0o700

    def test_has_a_keyring_of_256_bit_keys(self, home: Home) -> None:
        home.make(DEMO)

        keyring = json.loads((home.keys / "keyring.json").read_text())

        assert len(b64decode(keyring["keys"][keyring["current"]])) == 32
        assert len(b64decode(keyring["index_key"])) == 32

    def test_serves_one_at_a_time(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        home.make(DEMO)
        monkeypatch.setattr(homes, "PATIENCE", 0.2)

        with (
            home.locked("server"),
            pytest.raises(Stop, match=r"runs already with .* \(process \d+\)"),
            home.locked("server"),
        ):
            pass
        assert home.served_by() is None

    def test_has_the_bytecode_unless_that_is_kept_elsewhere(
        self, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
        assert environment_of(home, {})["PYTHONPYCACHEPREFIX"] == str(home.path / "bytecode")

        monkeypatch.setenv("PYTHONPYCACHEPREFIX", "/elsewhere")
        assert environment_of(home, {})["PYTHONPYCACHEPREFIX"] == "/elsewhere"
