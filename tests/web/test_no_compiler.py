"""Whoever serves pages and does jobs has no compiler in it: the engine is a process of its own."""

import os
import subprocess
import sys

ALL_THAT_SERVES = """
import sys
from importlib import import_module
import django
from django.apps import apps
from django.conf import settings
from django.utils.module_loading import module_has_submodule

django.setup()
import_module(settings.ROOT_URLCONF)
import_module("anjia.machine.application")
for app in apps.get_app_configs():
    for name in ("jobs", "subscribers"):
        if app.name.startswith("anjia.") and module_has_submodule(app.module, name):
            import_module(f"{app.name}.{name}")
assert "anjia.dispatch.queries.slots" in sys.modules
assert "anjia.dispatch.jobs" in sys.modules
print(*sorted({name.partition(".")[0] for name in sys.modules} & {"numba", "llvmlite", "ortools"}))
"""


def test_all_that_serves_is_loaded_without_the_compiler() -> None:
    found = subprocess.run(
        [sys.executable, "-c", ALL_THAT_SERVES],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "anjia.web.settings"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert found.returncode == 0, found.stderr
    assert found.stdout.strip() == ""
