from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class IdentityConfig(AppConfig):
    name = "anjia.identity"
    label = "identity"

    def ready(self) -> None:
        post_migrate.connect(write_default_roles, sender=self)


def write_default_roles(using: str, **_: Any) -> None:
    """Bring the database's default roles up to date with the table in roles.py, on each migration."""
    from anjia.identity.default_roles import write  # noqa: PLC0415  # models are not loaded yet above

    write(using)
