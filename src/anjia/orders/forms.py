"""What comes from the console's forms, as commands take it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from anjia.orders.rules.orders import (
    INJECTED,
    ROUTES,
    WORDS_OF_KIND,
    WORDS_OF_ORIGIN,
    WORDS_OF_SKIN_TEST,
    OrderKind,
    Said,
)

Form = Mapping[str, Any]
TEXTS = ("name", "frequency", "problem", "institution", "doctor", "note")
OF_A_DRUG = ("dose", "route", "origin", "origin_proof", "lot", "skin_test")
BEFORE = {"yes": True, "no": False}


def text(form: Form, name: str) -> str:
    return str(form.get(name, "")).strip()


def day(form: Form, name: str) -> date | None:
    try:
        found = date.fromisoformat(text(form, name))
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def said_in(form: Form, kind: str = "") -> Said:
    """Return what the form says of an order; what belongs to a drug is left out where it is none."""
    chosen = kind or text(form, "kind")
    is_drug = chosen == OrderKind.DRUG
    said: dict[str, Any] = {name: text(form, name) for name in TEXTS}
    if is_drug:
        said |= {name: text(form, name) for name in OF_A_DRUG}
        said["drug_expires_on"] = day(form, "drug_expires_on")
        said["had_before"] = BEFORE.get(text(form, "had_before")) if said["route"] in INJECTED else None
    return Said(
        kind=OrderKind.DRUG if is_drug else OrderKind.PROCEDURE,
        written_on=day(form, "written_on"),
        **said,
    )


def days_in(form: Form) -> dict[str, date | None]:
    return {"valid_from": day(form, "valid_from"), "valid_until": day(form, "valid_until")}


def answered(had_before: bool | None) -> str:
    return next((key for key, value in BEFORE.items() if value is had_before), "")


def filled(said: Said, valid_from: date, valid_until: date) -> dict[str, Any]:
    """Return what a form begins with that corrects this."""
    found: dict[str, Any] = {name: getattr(said, name) for name in (*TEXTS, *OF_A_DRUG)}
    found |= {"kind": said.kind.value, "had_before": answered(said.had_before)}
    days = {
        "written_on": said.written_on,
        "drug_expires_on": said.drug_expires_on,
        "valid_from": valid_from,
        "valid_until": valid_until,
    }
    return found | {name: f"{one:%Y-%m-%d}" if one else "" for name, one in days.items()}


def choices() -> dict[str, Any]:
    """Return what the form offers to choose from. What is never done at home can be said, and is refused in words."""
    return {
        "kinds": [(one.value, words) for one, words in WORDS_OF_KIND.items()],
        "routes": [("", "—"), *ROUTES.items()],
        "origins": [("", "—"), *((one.value, words) for one, words in WORDS_OF_ORIGIN.items())],
        "skin_tests": [("", "—"), *((one.value, words) for one, words in WORDS_OF_SKIN_TEST.items())],
    }
