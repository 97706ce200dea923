"""What was asked for, now or when it was installed."""

import argparse
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from anjia.machine.environment import CHECKOUT
from anjia.machine.steps import Stop

SETTINGS: Final = Path("/etc/anjia")
KEPT: Final = SETTINGS / "install.json"
NAME: Final = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    name: str
    certificate: str = ""
    key: str = ""
    email: str = ""
    home: str = "/srv/anjia/home"
    backups: str = "/srv/anjia/backups"
    port: int = 8000
    dry_run: bool = False
    without_backup: bool = False

    @property
    def is_own_certificate(self) -> bool:
        return bool(self.certificate)

    def kept(self) -> dict[str, Any]:
        """Return what the next run need not be told again."""
        return {name: getattr(self, name) for name in REMEMBERED}


REMEMBERED: Final = ("name", "certificate", "key", "email", "home", "backups", "port")


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="script/install",
        description="Put Anjia on this server behind HTTPS, or bring it to this version. What was said is remembered.",
    )
    made.add_argument("name", nargs="?", help="the name that people type: anjia.example.org")
    made.add_argument("--certificate", help="a certificate file of your own (PEM, with the chain)")
    made.add_argument("--key", help="the file of its key")
    made.add_argument("--email", help="get a certificate from Let's Encrypt, which writes to this address")
    made.add_argument("--home", help="the data folder (/srv/anjia/home)")
    made.add_argument("--backups", help="the folder of backups, best on another disk (/srv/anjia/backups)")
    made.add_argument(
        "--port", type=int, help="where Anjia listens for the proxy, on this computer only (8000)"
    )
    made.add_argument("--dry-run", action="store_true", help="say each step and change nothing")
    made.add_argument("--without-backup", action="store_true", help="update though there is no fresh backup")
    return made


def read(words: Sequence[str], kept: Path = KEPT) -> Asked:
    """:raises Stop: if something is missing, or two things do not go together"""
    said = {name: value for name, value in vars(parser().parse_args(words)).items() if value is not None}
    before: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    if "email" in said:
        before |= {"certificate": "", "key": ""}
    asked = {**before, **said}
    if "name" not in asked:
        raise Stop(
            "name the address that people type: sudo script/install anjia.example.org --email you@example.org"
        )
    found = Asked(**asked)
    check_name_and_certificate(found)
    if not 1023 < found.port < 65536:
        raise Stop(f"--port must lie between 1024 and 65535, not {found.port}.")
    for path in (found.home, found.backups, str(CHECKOUT)):
        if not path.startswith("/") or re.search(r"[\s\"'%$\\:]", path):
            raise Stop(f"{path!r}: an absolute path is needed here, without spaces and signs.")
    return found


def check_name_and_certificate(found: Asked) -> None:
    """:raises Stop: if it is no name, or nobody says where its certificate comes from"""
    if not NAME.fullmatch(found.name):
        raise Stop(
            f"{found.name!r} is no name of a server: anjia.example.org, small letters, without https://."
        )
    if bool(found.certificate) != bool(found.key):
        raise Stop("--certificate and --key belong together.")
    if not (found.certificate or found.email):
        raise Stop(
            "say where the certificate comes from: --certificate FILE --key FILE for one of your own, or "
            "--email ADDRESS for one of Let's Encrypt (the name must lead to this server then, and port 80 be open)."
        )
