"""Where the embedded PostgreSQL of a data folder lives, as which user, on which port."""

import errno
import hashlib
import os
import pwd
import random
import shutil
import socket
from pathlib import Path
from typing import Final

from anjia.machine.environment import CHECKOUT
from anjia.machine.home import Home

HOST: Final = "127.0.0.1"
ROOTS_PLACE: Final = Path("/var/lib/anjia")
PORTS: Final = range(20000, 32000)  # below those that outgoing connections take
NEEDED: Final = 300 * 1024 * 1024  # bytes, to begin with


def place_of(home: Home) -> Path:
    """Return where the cluster of this data folder is or will be."""
    known = home.read_state().get("cluster")
    inside = home.path / "postgresql"
    if inside.exists() or os.geteuid() != 0:
        return inside
    if known and Path(known).exists():
        return Path(known)
    named_for = CHECKOUT if home.path == CHECKOUT / "var" else home.path
    return ROOTS_PLACE / hashlib.sha256(os.fsencode(named_for)).hexdigest()[:16]


def user_for(place: Path) -> tuple[int, int] | None:
    """Return the user and group to run as, for root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    for made in (place / "data", place):
        if made.exists() and made.stat().st_uid != 0:
            return made.stat().st_uid, made.stat().st_gid
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return nobody.pw_uid, nobody.pw_gid


def make_place(place: Path) -> None:
    """Make the folder and those of ours above it; never touch the rights of one that is there."""
    mode = 0o700 if os.geteuid() else 0o711  # another user must pass through root's
    for folder in (place.parent, place):
        if not folder.exists():
            folder.mkdir(parents=True)
            folder.chmod(mode)


def is_free(port: int, host: str = HOST) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    while True:
        port = random.choice(PORTS)
        if is_free(port):
            return port


def check_space(*folders: Path) -> None:
    """:raises OSError: if there is too little space to begin with where one of them is or will be"""
    for folder in folders:
        there = next(place for place in (folder, *folder.parents) if place.exists())
        if shutil.disk_usage(there).free < NEEDED:
            raise OSError(errno.ENOSPC, "No space left on device", str(folder))
