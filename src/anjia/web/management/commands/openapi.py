"""`anjia openapi`: write the API's document, or say whether the one in the repository is current."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from anjia.web.api import api


class Command(BaseCommand):
    help = "Write docs/reference/openapi.json; with --check, fail if it is not current."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.CHECKOUT / "docs" / "reference" / "openapi.json"
        current = json.dumps(api.get_openapi_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
        if not options["check"]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(current)
        elif not path.exists() or path.read_text() != current:
            raise CommandError("docs/reference/openapi.json is not current: run `script/anjia openapi`.")
