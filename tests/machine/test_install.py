"""What the installer writes, systemd and nginx take; what is missing it says before it changes anything."""

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from anjia.machine.environment import CHECKOUT
from anjia.machine.install import checks, steps
from anjia.machine.install.asked import Asked, read
from anjia.machine.install.host import Host, lines_with
from anjia.machine.steps import Stop

NAME = "anjia.example.org"
OWN = ["--certificate", "/etc/ssl/anjia.pem", "--key", "/etc/ssl/anjia.key"]
LEFT = re.compile(r"\$\{\w+\}")
SHUT_IN = (
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "ProtectHome=yes",
    "CapabilityBoundingSet=\n",
    "PrivateDevices=yes",
    "SystemCallFilter=@system-service",
)


def program(name: str) -> str:
    """Return its path; skip where it is not."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if path is None:
        pytest.skip(f"there is no {name}")
    return path


def certificate(folder: Path, name: str, days: int = 90) -> tuple[str, str]:
    """Make a certificate for the name, and its key."""
    folder.mkdir()
    key, made = str(folder / "key.pem"), str(folder / "certificate.pem")
    words = ["-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-days", str(days)]
    names = ["-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run(
        [program("openssl"), "req", *words, *names, "-keyout", key, "-out", made],
        check=True,
        capture_output=True,
    )
    return made, key


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    made, key = certificate(tmp_path / "tls", NAME)
    return Asked(
        name=NAME, certificate=made, key=key, home=str(tmp_path / "home"), backups=str(tmp_path / "backups")
    )


class TestAsked:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ([], "name the address"),
            (["https://anjia.example.org", *OWN], "no name of a server"),
            (["localhost", *OWN], "no name of a server"),
            ([f"{NAME};reboot", *OWN], "no name of a server"),
            ([NAME], "where the certificate comes from"),
            ([NAME, "--key", "/a"], "belong together"),
            ([NAME, *OWN, "--port", "80"], "between 1024 and 65535"),
            ([NAME, *OWN, "--home", "/srv/my data"], "without spaces"),
            ([NAME, *OWN, "--backups", "backups"], "absolute path"),
        ],
    )
    def test_says_what_is_missing(self, words: list[str], said: str, tmp_path: Path) -> None:
        with pytest.raises(Stop, match=said):
            read(words, tmp_path / "none")

    def test_is_remembered(self, tmp_path: Path) -> None:
        kept = tmp_path / "install.json"
        kept.write_text(json.dumps(read([NAME, *OWN], tmp_path / "none").kept()))

        assert read([], kept).certificate == "/etc/ssl/anjia.pem"
        assert read(["--email", "it@example.org"], kept).is_own_certificate is False


class TestCheckCertificate:
    def test_takes_one_for_the_name(self, asked: Asked) -> None:
        checks.check_certificate(asked)

    def test_refuses_what_browsers_would(self, asked: Asked, tmp_path: Path) -> None:
        others, key = certificate(tmp_path / "others", "other.example.org")
        ended, its_key = certificate(tmp_path / "ended", NAME, days=1)
        for made, of, said in (
            (others, key, "is not for anjia.example.org"),
            (ended, its_key, "ends within a day"),
            (asked.certificate, key, "is not the key of"),
            (asked.key, asked.key, "no certificate in PEM"),
            ("/none", asked.key, "is not there"),
        ):
            with pytest.raises(Stop, match=said):
                checks.check_certificate(Asked(name=NAME, certificate=made, key=of))


class TestCheckHome:
    def test_refuses_a_demo(self, asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
        home = Path(asked.home)
        home.mkdir()
        (home / "kind").write_text("demo")
        with pytest.raises(Stop, match="is a demo"):
            checks.check_home(asked)

    def test_refuses_places_that_the_service_does_not_see(self) -> None:
        with pytest.raises(Stop, match="sees nothing"):
            checks.check_home(Asked(name=NAME, home="/home/wang/anjia"))
        with pytest.raises(Stop, match="within the data folder"):
            checks.check_home(Asked(name=NAME, home="/srv/a", backups="/srv/a/backups"))


class TestUnits:
    @pytest.mark.parametrize("name", ["anjia.service", "anjia-backup.service"])
    def test_are_shut_in_and_run_as_nobody_else(self, name: str, asked: Asked) -> None:
        text = steps.filled(name, asked)

        assert LEFT.findall(text) == []
        assert "User=anjia\n" in text
        assert [one for one in SHUT_IN if one not in text] == []
        assert f"ReadWritePaths={asked.home}" in text
        assert str(CHECKOUT) not in text.partition("ReadWritePaths=")[2]

    def test_are_understood_by_systemd(self, asked: Asked, tmp_path: Path) -> None:
        for name in ("anjia.service", "anjia-backup.service", "anjia-backup.timer"):
            (tmp_path / name).write_text(steps.filled(name, asked).replace("=anjia\n", "=daemon\n"))
        files = [str(tmp_path / name) for name in ("anjia.service", "anjia-backup.timer")]
        words = [program("systemd-analyze"), "verify", "--man=no", "--recursive-errors=no", *files]

        done = subprocess.run(words, capture_output=True, text=True, check=False)

        assert [line for line in done.stderr.splitlines() if str(tmp_path) in line] == []


class TestProxy:
    def test_is_understood_by_nginx(self, asked: Asked, tmp_path: Path) -> None:
        site = steps.filled("nginx.conf", asked).replace("/var/log/nginx", str(tmp_path))
        whole = f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}} http {{ {site} }}"
        (tmp_path / "nginx.conf").write_text(whole)

        done = subprocess.run(
            [program("nginx"), "-t", "-q", "-c", str(tmp_path / "nginx.conf")],
            capture_output=True,
            text=True,
            check=False,
        )

        assert "[emerg]" not in done.stderr

    def test_believes_nobody_and_writes_nothing_down(self, asked: Asked) -> None:
        site = steps.filled("nginx.conf", asked)

        assert LEFT.findall(site) == []
        assert site.count("access_log off;") == 2
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in site
        assert "return 301 https://$host$request_uri;" in site
        assert "limit_conn anjia" in site


class TestSettings:
    def test_that_somebody_has_set_stay(self) -> None:
        said = ["# our SMS", "SMS_SIGN_NAME=安家", "PORT=8100"]

        assert lines_with(said, {"PORT": "8000", "BEHIND_PROXY": "1"}) == (
            "# our SMS\nSMS_SIGN_NAME=安家\nPORT=8100\nBEHIND_PROXY=1\n"
        )

    def test_are_shut_to_others_though_nothing_is_to_be_added(self, tmp_path: Path) -> None:
        settings, host = tmp_path / "anjia.env", Host(dry_run=True)
        settings.write_text("DATABASE_URL=postgresql://anjia_app:secret@db/anjia\n")
        settings.chmod(0o644)

        assert host.write(settings, settings.read_text(), mode=0o640)
        settings.chmod(0o640)
        assert not host.write(settings, settings.read_text(), mode=0o640)


class TestCheckBackup:
    @pytest.fixture(autouse=True)
    def installed_before(self, asked: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(steps, "SETTINGS", tmp_path)
        (tmp_path / "migrations").write_text("of another version")
        Path(asked.backups).mkdir()

    def test_wants_one_of_the_last_hour_before_the_database_changes(self, asked: Asked) -> None:
        with pytest.raises(Stop, match="sudo anjia back_up_to"):
            steps.check_backup(asked)
        made = Path(asked.backups) / "anjia-20260101-000000.tar"
        made.touch()
        steps.check_backup(asked)
        os.utime(made, (time.time() - 7200,) * 2)
        with pytest.raises(Stop, match="sudo anjia back_up_to"):
            steps.check_backup(asked)

    def test_wants_none_where_nothing_changes(self, asked: Asked, tmp_path: Path) -> None:
        (tmp_path / "migrations").write_text(steps.migrations())
        steps.check_backup(asked)


class TestStop:
    def test_stops_also_what_is_just_starting(
        self,
        asked: Asked,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """A backup under way and a service that starts again and again are "activating", not "active"."""
        monkeypatch.setattr(steps, "UNITS", tmp_path)
        monkeypatch.setattr(Host, "holds", lambda _self, *words: "is-active" not in words)
        for name in ("anjia.service", "anjia-backup.service", "anjia-backup.timer"):
            (tmp_path / name).touch()

        steps.stop(Host(dry_run=True), asked)

        stopped = [line.split()[-1] for line in capsys.readouterr().out.splitlines() if "stop" in line]
        assert stopped == ["anjia-backup.timer", "anjia-backup.service", "anjia.service"]


class TestDryRun:
    def test_says_each_step_and_changes_nothing(
        self,
        asked: Asked,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        for name in ("SETTINGS", "UNITS", "SITE", "ENABLED", "ENVIRONMENT", "WRAPPER", "CHALLENGES", "KEPT"):
            monkeypatch.setattr(steps, name, tmp_path / "system" / name)
        for _words, do in steps.STEPS:
            do(Host(dry_run=True), asked)

        said = capsys.readouterr().out
        assert all(line.startswith("    would ") for line in said.splitlines())
        assert "anjia init" in said
        assert not (tmp_path / "system").exists()
        assert not Path(asked.home).exists()
