"""The city's own list of what may be done at somebody's home by 互联网+护理, and where a service stands on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anjia.catalogue.rules.gates import GateRule
from anjia.catalogue.rules.requirements import Reason


class CityStatus(StrEnum):
    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    GONE = "gone"  # no longer on the list that came last


WORDS_OF_CITY_STATUS: Final = {
    CityStatus.ALLOWED: gettext_lazy("允许"),
    CityStatus.FORBIDDEN: gettext_lazy("禁止"),
    CityStatus.GONE: gettext_lazy("新目录里没有了"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CityRow:
    """A line of the city's list. `service_code` is the service of ours that it means, where the name differs."""

    name: str
    document_no: str
    status: str = CityStatus.ALLOWED.value
    service_code: str = ""
    mode: str = ""
    staff_condition: str = ""
    valid_from: date | None = None
    row: int = field(default=0, compare=False)  # its number in the list


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a service stands on the city's list, if there is one."""

    is_loaded: bool = False
    items: Sequence[CityRow] = ()  # those that mean it

    @property
    def forbidden(self) -> CityRow | None:
        return next((item for item in self.items if item.status == CityStatus.FORBIDDEN), None)

    @property
    def is_open(self) -> bool:
        """Without a list nobody knows: the page says so, and nothing is refused by what is not there."""
        return not self.is_loaded or (bool(self.items) and self.forbidden is None)

    @property
    def words(self) -> str:
        if not self.is_loaded:
            return _("本市目录未导入")
        if self.forbidden:
            return _("本市目录禁止这一项")
        return _("在本市目录里") if self.items else _("本市目录里没有这一项")

    @property
    def tone(self) -> str:
        if not self.is_loaded:
            return "warn"
        return "ok" if self.is_open else "bad"


def key_of(name: str) -> str:
    """Return the name without what two people write differently: blanks, brackets, letters' case."""
    return "".join(one for one in name.casefold() if one.isalnum())


def in_force(items: Iterable[CityRow], on: date) -> list[CityRow]:
    return [item for item in items if item.valid_from is None or item.valid_from <= on]


def why_not_in_city(rule: GateRule, standing: Standing, service: str) -> Reason | None:
    """Return why the city does not let this be done at home, None if it does or has not been asked."""
    if standing.is_open:
        return None
    if standing.forbidden:
        words = _("本市目录禁止上门做“{service}”。").format(service=service)
        told = standing.forbidden.document_no
    else:
        words, told = _("“{service}”不在本市的“互联网+护理”目录里。").format(service=service), ""
    source = _("；").join(filter(None, (rule.source, told)))
    return Reason(code="city_list", words=words, source=source, rule_id=rule.rule_id)
