"""The catalogue's makers."""

from copy import deepcopy
from typing import Any

from anjia.catalogue.commands import publish_version, seed_services
from anjia.catalogue.models import ServiceVersion
from anjia.catalogue.rules import Qualified
from anjia.kernel.actors import Actor, system
from anjia.kernel.work import acting
from tests.make import NOON


def content(**changes: Any) -> dict[str, Any]:
    """Return what `publish_version` takes: nothing is wrong with it, but for `changes`."""
    sound: dict[str, Any] = {
        "name": "伤口换药",
        "name_en": "Wound dressing",
        "mode": "home",
        "legal_line": "internet_nursing",
        "tier": "T1",
        "duration_minutes": 45,
        "people_needed": 1,
        "price_fen": 12000,
        "needs_order": False,
        "requires": requires(),
        "preparation": "备好医嘱。",
        "summary": "换药。",
        "steps": [
            {"key": "identify", "title": "核对", "title_en": "Check", "critical": True, "evidence": "none"}
        ],
        "supplies": [],
        "teaching_points": [],
        "record_form": {
            "type": "object",
            "properties": {"site": {"type": "string", "title": "部位", "title_en": "Site"}},
            "required": ["site"],
        },
        "sources": [{"about": "全部", "source": "测试", "evidence": "ENG"}],
    }
    return deepcopy(sound) | changes


def requires(**changes: Any) -> dict[str, Any]:
    sound: dict[str, Any] = {
        "kinds": ["nurse"],
        "titles_at_least": {"nurse": "护师"},
        "min_years": 5,
        "source": "国卫办医函〔2019〕80号",
        "evidence": "V",
    }
    return sound | changes


def version(*, published_by: Actor, code: str = "wound", **changes: Any) -> ServiceVersion:
    return acting(system(published_by.organization_id), NOON).do(
        publish_version, code=code, content=content(**changes)
    )


def seeded(*, for_: Actor) -> int:
    return acting(system(for_.organization_id), NOON).do(seed_services)


def nurse(**changes: Any) -> Qualified:
    """Return a nurse who may do anything that asks no special paper, on any day before 2030."""
    sound: dict[str, Any] = {
        "kind": "nurse",
        "title": "护师",
        "started_on": NOON.date().replace(year=2015),
        "qualifications": dict.fromkeys(
            ("nurse_licence", "accident_insurance"), NOON.date().replace(year=2029)
        ),
    }
    return Qualified(**sound | changes)
