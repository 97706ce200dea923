"""What a city's list would change: the list that is in force beside the one that comes."""

from collections.abc import Mapping, Sequence

from anjia.catalogue.models import CityItem
from anjia.catalogue.rules import Change, Changes
from anjia.catalogue.rules.city import CityRow, CityStatus, key_of
from anjia.kernel.actors import Actor

SAID = ("status", "document_no", "service_code", "mode", "staff_condition", "valid_from")


def items_listed(actor: Actor) -> dict[str, CityItem]:
    """Return the list in force, by the names' keys."""
    rows = CityItem.objects.filter(organization_id=actor.organization_id, gone_at=None)
    return {item.key: item for item in rows.order_by("name", "id")}


def changes_to_list(known: Mapping[str, CityItem], rows: Sequence[CityRow]) -> Changes:
    """Compare. A list comes whole: what it does not name any more is no longer on it."""
    added, changed, same = [], [], 0
    for row in rows:
        before = known.get(key_of(row.name))
        fields = differences(before, row)
        if before is None:
            added.append(Change(name=row.name, fields=fields))
        elif fields:
            changed.append(Change(name=row.name, fields=fields))
        else:
            same += 1
    for item in gone(known, rows):
        fields = {"status": (item.status, CityStatus.GONE.value)}
        changed.append(Change(name=item.name, fields=fields))
    return Changes(added=tuple(added), changed=tuple(changed), same=same)


def gone(known: Mapping[str, CityItem], rows: Sequence[CityRow]) -> list[CityItem]:
    named = {key_of(row.name) for row in rows}
    return [item for key, item in known.items() if key not in named]


def differences(before: CityItem | None, row: CityRow) -> dict[str, tuple[str, str]]:
    was = {name: str(getattr(before, name, "") or "") for name in SAID}
    comes = {name: str(getattr(row, name) or "") for name in SAID}
    return {name: (was[name], comes[name]) for name in SAID if was[name] != comes[name]}
