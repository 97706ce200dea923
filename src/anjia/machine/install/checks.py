"""What has to be there before anything is changed; each refusal says what to do."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from anjia.machine.environment import CHECKOUT
from anjia.machine.install.asked import Asked
from anjia.machine.install.host import Host
from anjia.machine.steps import Stop

NEEDED: Final = 2 * 1024**3  # bytes, for packages, builds and a beginning of data
DAY: Final = "86400"


def check(asked: Asked) -> None:
    """:raises Stop: with the first thing that is missing"""
    if os.geteuid() != 0:
        raise Stop("this puts users, units and a proxy in place: run it with sudo.")
    for program, words in {
        "apt-get": "Debian 12, Ubuntu 24.04 or newer is needed; elsewhere see deploy/compose.yaml",
        "systemctl": "systemd is needed; without it see deploy/compose.yaml",
        "runuser": "runuser is needed (package util-linux)",
        "openssl": "openssl is needed: apt-get install openssl",
    }.items():
        if shutil.which(program) is None:
            raise Stop(f"{words}.")
    if not (asked.dry_run or Path("/run/systemd/system").is_dir()):
        raise Stop("systemd does not run this computer: use a virtual machine, or deploy/compose.yaml.")
    check_checkout()
    check_home(asked)
    if shutil.disk_usage(existing(Path(asked.home))).free < NEEDED:
        raise Stop(f"the disk is full: 2 GB are needed at {existing(Path(asked.home))}.")
    if asked.is_own_certificate:
        check_certificate(asked)


def existing(path: Path) -> Path:
    return next(place for place in (path, *path.parents) if place.exists())


def check_checkout() -> None:
    """:raises Stop: if another user cannot read it, or may write in it"""
    for folder in (CHECKOUT, *CHECKOUT.parents):
        if not folder.stat().st_mode & 0o005 == 0o005:
            raise Stop(
                f"{folder} is closed to others, and Anjia runs as a user of its own: clone it to /opt/anjia."
            )
    if CHECKOUT.stat().st_uid != 0:
        raise Stop(
            f"{CHECKOUT} is not root's: whoever may write there could become root. chown -R root:root it."
        )
    if CHECKOUT.is_relative_to("/home") or CHECKOUT.is_relative_to("/root"):
        raise Stop("below /home and /root the service sees nothing: clone it to /opt/anjia.")


def check_home(asked: Asked) -> None:
    """:raises Stop: if it cannot be the data folder of an institution"""
    home, backups = Path(asked.home), Path(asked.backups)
    kind = home / "kind"
    if kind.exists() and kind.read_text().strip() != "real":
        raise Stop(
            f"{home} is a demo, where everybody may be anybody, and that never changes: name another --home."
        )
    if home == backups or home in backups.parents:
        raise Stop(f"{backups} lies within the data folder: a backup there is lost together with the data.")
    for folder in (home, backups):
        if folder.is_relative_to("/home") or folder.is_relative_to("/root") or folder.is_relative_to("/tmp"):
            raise Stop(
                f"{folder}: below /home, /root and /tmp the service sees nothing; /srv/anjia is a good place."
            )


def check_certificate(asked: Asked) -> None:
    """:raises Stop: if it is not one for this name, from now on, with its key"""
    certificate, key = asked.certificate, asked.key
    for file in (certificate, key):
        if not Path(file).is_file() or not file.startswith("/"):
            raise Stop(f"{file} is not there; name it by its whole path.")
    host = Host(dry_run=False)
    if not host.holds("openssl", "x509", "-in", certificate, "-noout"):
        raise Stop(f"{certificate} is no certificate in PEM (it begins with -----BEGIN CERTIFICATE-----).")
    if not host.holds("openssl", "x509", "-in", certificate, "-noout", "-checkend", DAY):
        raise Stop(f"{certificate} ends within a day, or has ended: ask your CA for a new one.")
    said = output("openssl", "x509", "-in", certificate, "-noout", "-checkhost", asked.name)
    if "does match" not in said:
        raise Stop(f"{certificate} is not for {asked.name}: browsers would refuse it.")
    if output("openssl", "x509", "-in", certificate, "-noout", "-pubkey") != output(
        "openssl", "pkey", "-in", key, "-pubout", "-passin", "pass:"
    ):
        raise Stop(
            f"{key} is not the key of {certificate}, or needs a password: the proxy starts without one."
        )


def output(*words: str) -> str:
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    return done.stdout
