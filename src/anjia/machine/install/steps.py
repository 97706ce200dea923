"""The steps, in their order."""

import hashlib
import json
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from string import Template
from typing import Final
from urllib.request import ProxyHandler, build_opener

from anjia.machine.environment import CHECKOUT
from anjia.machine.install.asked import KEPT, SETTINGS, Asked
from anjia.machine.install.host import USER, Host, lines_with
from anjia.machine.steps import Stop

TEMPLATES: Final = CHECKOUT / "deploy"
UNITS: Final = Path("/etc/systemd/system")
SITE: Final = Path("/etc/nginx/sites-available/anjia")
ENABLED: Final = Path("/etc/nginx/sites-enabled/anjia")
DISTRIBUTIONS_OWN: Final = Path("/etc/nginx/sites-enabled/default")
ENVIRONMENT: Final = SETTINGS / "anjia.env"
FOR_NOW: Final = SETTINGS / "for-now"  # a certificate of our own, until there is one
CHALLENGES: Final = Path("/var/www/anjia")
WRAPPER: Final = Path("/usr/local/bin/anjia")
FRESH: Final = 3600.0  # seconds; a backup before an update is not older
READY_WITHIN: Final = 180.0
PACKAGES: Final = ("nginx", "logrotate", "python3-venv", "ca-certificates")
WRAPPED: Final = """\
#!/bin/sh
# Anjia's commands, as the user that it runs as: anjia help
[ "$(id -u)" = 0 ] && exec runuser -u anjia -- ${CHECKOUT}/script/anjia "$@"
exec ${CHECKOUT}/script/anjia "$@"
"""


def filled(name: str, asked: Asked) -> str:
    """Return a template of deploy/ with what is so here; nginx's own words with $ stay."""
    return Template((TEMPLATES / name).read_text()).safe_substitute(values(asked))


def values(asked: Asked) -> dict[str, str]:
    certificate, key = certificate_of(asked)
    return {
        "CHECKOUT": str(CHECKOUT),
        "HOME": asked.home,
        "BACKUPS": asked.backups,
        "NAME": asked.name,
        "UPSTREAM": f"127.0.0.1:{asked.port}",
        "CERTIFICATE": certificate,
        "KEY": key,
        "IPV6": "" if Path("/proc/net/if_inet6").exists() else "# ",
        "SANDBOX": (TEMPLATES / "sandbox.conf").read_text().strip(),
    }


def certificate_of(asked: Asked) -> tuple[str, str]:
    """Return the files that the proxy is to show: its own, Let's Encrypt's, or, until there is one, ours."""
    if asked.is_own_certificate:
        return asked.certificate, asked.key
    theirs = Path("/etc/letsencrypt/live") / asked.name
    place = theirs if (theirs / "fullchain.pem").exists() else FOR_NOW
    return str(place / "fullchain.pem"), str(place / "privkey.pem")


def packages(host: Host, asked: Asked) -> None:
    wanted = [*PACKAGES, *([] if asked.is_own_certificate else ["certbot"])]
    missing = [name for name in wanted if not host.holds("dpkg", "--status", name)]
    if missing:
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        host.run("apt-get", "update", "-qq", environment=quiet)
        host.run("apt-get", "install", "-qq", "-y", "--no-install-recommends", *missing, environment=quiet)


def user(host: Host, asked: Asked) -> None:
    if not host.holds("getent", "passwd", USER):
        words = ("--system", "--user-group", "--no-create-home", "--home-dir", asked.home)
        host.run("useradd", *words, "--shell", "/usr/sbin/nologin", USER)


def folders(host: Host, asked: Asked) -> None:
    host.folder(SETTINGS)
    host.folder(CHALLENGES)
    for path in (Path(asked.home), Path(asked.backups)):
        host.folder(path.parent)
        host.folder(path, mode=0o700, owner=USER if host.holds("getent", "passwd", USER) else "root")


def settings(host: Host, asked: Asked) -> None:
    """What is set there stays; what has no word yet is added."""
    link = CHECKOUT / ".env"
    kept = ENVIRONMENT if ENVIRONMENT.exists() else link
    said = kept.read_text().splitlines() if kept.exists() else []
    wanted = {
        "ANJIA_HOME": asked.home,
        "PORT": str(asked.port),
        "PUBLIC_ADDRESS": f"https://{asked.name}",
        "BEHIND_PROXY": "1",
    }
    for line in said:
        name, _, value = line.partition("=")
        if name.strip() in wanted and value.strip() != wanted[name.strip()]:
            raise Stop(f"{kept} says {line}, and you {wanted[name.strip()]}: change one of them.")
    host.write(ENVIRONMENT, lines_with(said, wanted), mode=0o640, group=group(host))
    host.link(link, ENVIRONMENT)
    host.write(KEPT, json.dumps(asked.kept(), indent=1) + "\n")
    host.write(WRAPPER, Template(WRAPPED).safe_substitute(CHECKOUT=str(CHECKOUT)), mode=0o755)


def group(host: Host) -> str:
    return USER if host.holds("getent", "group", USER) else "root"


def build(host: Host, asked: Asked) -> None:
    python = str(CHECKOUT / "script" / "python")
    for words in (("clients", "all"), ("prepare", "translations")):
        host.run(python, "requirements.txt", "-m", f"anjia.machine.{words[0]}", words[1], quietly=False)
    # What plans a day: the service may not write here, and could not install it by itself.
    host.run(python, "requirements-planning.txt", "-c", "", quietly=False)
    host.run("chmod", "-R", "a+rX", str(CHECKOUT))  # packages come with the rights of whoever unpacked them


def stop(host: Host, asked: Asked) -> None:
    if (Path(asked.home) / "kind").exists():
        check_backup(asked)
    for unit in ("anjia-backup.timer", "anjia-backup.service", "anjia.service"):
        # Not only what is active: a backup under way, or what starts again and again, is "activating".
        if (UNITS / unit).exists():
            host.run("systemctl", "stop", unit)


def check_backup(asked: Asked) -> None:
    """:raises Stop: if the database is about to be changed and nobody could go back"""
    noted = SETTINGS / "migrations"
    if asked.without_backup or (noted.exists() and noted.read_text() == migrations()):
        return
    made = [path.stat().st_mtime for path in Path(asked.backups).glob("*.tar")]
    if not made or time.time() - max(made) > FRESH:
        raise Stop(
            "this version changes the database, and there is no backup of the last hour. Make one first: "
            f"sudo anjia back_up_to {asked.backups} (or --without-backup, if you have one elsewhere)."
        )


def migrations() -> str:
    """Return a hash of which there are."""
    found = sorted(str(path.relative_to(CHECKOUT)) for path in CHECKOUT.glob("src/anjia/*/migrations/*.py"))
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


def database(host: Host, asked: Asked) -> None:
    command = str(CHECKOUT / "script" / "anjia")
    is_there = (Path(asked.home) / "kind").exists()
    host.as_anjia(command, *(["migrate", "--verbosity", "0"] if is_there else ["init"]))
    host.write(SETTINGS / "migrations", migrations())


def units(host: Host, asked: Asked) -> None:
    for name in ("anjia.service", "anjia-backup.service", "anjia-backup.timer"):
        host.write(UNITS / name, filled(name, asked))
    host.write(Path("/etc/logrotate.d/anjia"), filled("logrotate.conf", asked))
    host.run("systemctl", "daemon-reload")
    host.run("systemctl", "enable", "--now", "--quiet", "anjia.service", "anjia-backup.timer")


def proxy(host: Host, asked: Asked) -> None:
    if not (asked.is_own_certificate or Path(certificate_of(asked)[0]).exists()):
        host.folder(FOR_NOW, mode=0o700)
        files = ("-keyout", str(FOR_NOW / "privkey.pem"), "-out", str(FOR_NOW / "fullchain.pem"))
        own = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "7", "-subj", f"/CN={asked.name}")
        host.run("openssl", "req", *own, *files)
    if DISTRIBUTIONS_OWN.is_symlink():
        host.say(f"remove {DISTRIBUTIONS_OWN}, the page that says that nginx works")
        if not host.dry_run:
            DISTRIBUTIONS_OWN.unlink()
    show(host, asked)
    if not asked.is_own_certificate:
        words = (
            "--webroot",
            "--webroot-path",
            str(CHALLENGES),
            "--domain",
            asked.name,
            "--email",
            asked.email,
        )
        quiet = ("--non-interactive", "--agree-tos", "--keep-until-expiring", "--quiet")
        host.run("certbot", "certonly", *words, *quiet, "--deploy-hook", "systemctl reload nginx")
        show(host, asked)


def show(host: Host, asked: Asked) -> None:
    """:raises Stop: if nginx does not understand it: then it goes on as it was"""
    before = SITE.read_text() if SITE.exists() else ""
    changed = host.write(SITE, filled("nginx.conf", asked))
    host.link(ENABLED, SITE)
    try:
        host.run("nginx", "-t", "-q")
    except Stop:
        if changed and before:
            SITE.write_text(before)
        elif changed:
            ENABLED.unlink(missing_ok=True)
        raise
    host.run("systemctl", "enable", "--quiet", "nginx")
    host.run("systemctl", "reload-or-restart", "nginx")


def answer(host: Host, asked: Asked) -> None:
    """:raises Stop: if nobody is served, or the certificate does not convince this computer"""
    host.say(f"wait until https://{asked.name}/readyz is answered")
    if host.dry_run:
        return
    until = time.monotonic() + READY_WITHIN
    while not is_ready(asked):
        if time.monotonic() > until:
            raise Stop(
                "it does not answer. What it says: journalctl -u anjia -n 50; and systemctl status nginx."
            )
        time.sleep(1)
    token = Path(asked.home) / "keys" / "setup_token"
    if token.exists():
        print(
            f"    Open this once, and make the first account: https://{asked.name}/setup?token={token.read_text().strip()}"
        )


def is_ready(asked: Asked) -> bool:
    """Ask by way of the proxy on this computer, whatever the name leads to from here."""
    with suppress(OSError):
        direct = build_opener(ProxyHandler({}))
        direct.open(f"http://127.0.0.1:{asked.port}/readyz", timeout=5).close()
        trusting = ssl._create_unverified_context()  # a company's CA may be unknown to this computer itself
        with (
            socket.create_connection(("127.0.0.1", 443), timeout=5) as plain,
            trusting.wrap_socket(plain, server_hostname=asked.name) as connection,
        ):
            connection.sendall(
                f"GET /readyz HTTP/1.1\r\nHost: {asked.name}\r\nConnection: close\r\n\r\n".encode()
            )
            return b" 200 " in connection.recv(64)
    return False


STEPS: Final[tuple[tuple[str, Callable[[Host, Asked], None]], ...]] = (
    ("Packages of the system", packages),
    ("A user for it", user),
    ("Folders", folders),
    ("Settings, in /etc/anjia/anjia.env", settings),
    ("Python's and Node's packages, pages, translations", build),
    ("What runs is stopped", stop),
    ("Database", database),
    ("Units of systemd", units),
    ("HTTPS", proxy),
    ("Whether it answers", answer),
)
