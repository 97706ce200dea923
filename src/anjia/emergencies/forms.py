"""What comes from the console's forms, as commands take it."""

from typing import Any

from django.http import QueryDict

from anjia.emergencies.rules.house import DEFAULTS

LONGEST = 2000  # more than a command takes, so that it says so itself


def text(form: QueryDict, name: str) -> str:
    return form.get(name, "").strip()[:LONGEST]


def house(form: QueryDict) -> dict[str, Any]:
    """Return what the form of the house's settings says."""
    names = ("first_number", "opens_at", "closes_at", *DEFAULTS)
    return {
        "said": {name: text(form, name) for name in names},
        "weekdays": [int(day) for day in form.getlist("weekdays") if day.isdecimal() and len(day) == 1],
    }
