"""`anjia <command>`: every management command, by one name."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anjia.web.settings")
    execute_from_command_line(["anjia", *sys.argv[1:]])
