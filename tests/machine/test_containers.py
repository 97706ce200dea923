"""What the containers are given: passwords of their own, whole or not at all."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from anjia.machine.environment import CHECKOUT

OF_THE_CENTRE = {"certificate.pem", "key.pem"}


@pytest.fixture
def deploy(tmp_path: Path) -> Path:
    """Return a folder with the script that makes the passwords, which makes them beside itself."""
    shutil.copy(CHECKOUT / "deploy" / "secrets.sh", tmp_path)
    return tmp_path


def make(deploy: Path, path: str = os.environ["PATH"]) -> int:
    words = ["/bin/sh", str(deploy / "secrets.sh"), "anjia.example.org"]
    return subprocess.run(words, env={"PATH": path}, capture_output=True, check=False).returncode


class TestSecrets:
    def test_are_those_that_the_containers_ask_for(self, deploy: Path) -> None:
        assert make(deploy) == 0

        asked = set(
            re.findall(r"file: \./secrets/([\w.]+)", (CHECKOUT / "deploy" / "compose.yaml").read_text())
        )
        assert {path.name for path in (deploy / "secrets").iterdir()} == asked - OF_THE_CENTRE

    def test_of_a_bucket_are_its_own_and_it_can_read_them(self, deploy: Path) -> None:
        make(deploy)
        compose = (CHECKOUT / "deploy" / "compose.yaml").read_text()
        bucket = compose.partition("\n  bucket:\n")[2].partition("\nnetworks:")[0]
        [name] = re.findall(r"MINIO_ROOT_PASSWORD_FILE: /run/secrets/(\w+)", bucket)
        [user] = re.findall(r'user: "(\d+)"', bucket)
        files = {path.name: path.read_text() for path in (deploy / "secrets").iterdir()}

        assert [other for other, words in files.items() if words == files[name]] == [name]
        if os.geteuid() == 0:
            assert (deploy / "secrets" / name).stat().st_uid == int(user)
            assert (deploy / "bucket").stat().st_uid == int(user)

    def test_are_made_anew_after_a_run_that_was_broken_off(self, deploy: Path, tmp_path: Path) -> None:
        broken = tmp_path / "bin"
        broken.mkdir()
        (broken / "chmod").write_text("#!/bin/sh\nexit 1\n")
        (broken / "chmod").chmod(0o755)

        assert make(deploy, f"{broken}:{os.environ['PATH']}") != 0
        assert make(deploy) == 0
        assert "DATABASE_URL=" in (deploy / "secrets" / "anjia.env").read_text()

    def test_that_are_there_stay(self, deploy: Path) -> None:
        make(deploy)
        before = (deploy / "secrets" / "anjia.env").read_text()

        assert make(deploy) != 0
        assert (deploy / "secrets" / "anjia.env").read_text() == before
