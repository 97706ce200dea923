"""One policy for many: whom a list means, and the days on which each is covered. Pure."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anjia.clinical.professions import is_cover
from anjia.kernel.errors import DomainError, Invalid, NotAllowed, Words

MOST_COVERED: Final = 2_000
SHOWN: Final = 10


class PolicyInvalid(Invalid):
    code = "workforce.policy_invalid"
    words = gettext_lazy("保单有几处填得不对，没有存。改好再交一次。")


class PolicySameReader(NotAllowed):
    code = "workforce.policy_same_reader"
    words = gettext_lazy("这张保单或名单里有您登记的，要由另一位同事对着扫描件核一遍。")


class PolicyOwnCover(NotAllowed):
    code = "workforce.policy_own_cover"
    words = gettext_lazy("等核对的名单里有您自己，要由别人来核。")


class PolicyOver(DomainError):
    code = "workforce.policy_over"
    words = gettext_lazy("这张保单已经收回，不能再改。")


class ListChanged(DomainError):
    code = "workforce.list_changed"
    words = gettext_lazy("这期间名单变了，请再对着看一遍。")


class CoveredAlready(DomainError):
    code = "workforce.covered_already"
    words = gettext_lazy("选的人都已经在这张保单上了，没有要加的。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody who works here, as a list names her."""

    id: UUID
    name: str
    number: str


def check_group_policy(
    *, code: str, number: str, issuer: str, valid_from: date | None, valid_until: date | None, has_scan: bool
) -> tuple[date, date]:
    """:raises PolicyInvalid: naming every field that is missing or wrong; a policy without its scan is none"""
    wanting: tuple[tuple[bool, str, Words], ...] = (
        (is_cover(code), "code", gettext_lazy("请选险种。")),
        (bool(number.strip()), "paper_number", gettext_lazy("请填保单号。")),
        (bool(issuer.strip()), "issuer", gettext_lazy("请填承保的保险公司。")),
        (valid_from is not None, "valid_from", gettext_lazy("请照保单写上保险从哪天开始。")),
        (valid_until is not None, "valid_until", gettext_lazy("请照保单写上保险到哪天为止。")),
        (has_scan, "scan", gettext_lazy("请拍下或扫描保单和名单，一起交上来。")),
    )
    wrong = {field: words for is_there, field, words in wanting if not is_there}
    if valid_from and valid_until and valid_until < valid_from:
        wrong["valid_until"] = gettext_lazy("到期日早于起始日。")
    if wrong or valid_from is None or valid_until is None:
        raise PolicyInvalid(fields=wrong)
    return valid_from, valid_until


def check_first_day(day: date, *, valid_from: date, valid_until: date) -> date:
    """:raises PolicyInvalid: if the day is not within the policy"""
    if not valid_from <= day <= valid_until:
        told = _("要在保单的期限里：{first} 到 {last}。").format(first=valid_from, last=valid_until)
        raise PolicyInvalid(fields={"first_day": told})
    return day


def members_meant(listed: str, members: Sequence[Member]) -> set[UUID]:
    """
    Return whom the lines of a list mean: the number of each, or a name that only one has; what stands behind a comma or
    a tab is left alone.

    :raises PolicyInvalid: naming the lines that mean nobody, or more than one
    """
    by_number = {one.number: one.id for one in members if one.number}
    by_name: dict[str, list[UUID]] = {}
    for one in members:
        by_name.setdefault(one.name, []).append(one.id)
    found: set[UUID] = set()
    nobody: list[str] = []
    several: list[str] = []
    for line in _lines(listed):
        if line in by_number:
            found.add(by_number[line])
        elif len(by_name.get(line, [])) == 1:
            found.add(by_name[line][0])
        else:
            (several if line in by_name else nobody).append(line)
    wrong = _wrong(nobody, several)
    if wrong:
        raise PolicyInvalid(fields={"listed": wrong})
    return found


def _lines(listed: str) -> Iterable[str]:
    for line in listed.splitlines():
        first = line.replace("\t", ",").replace("，", ",").split(",")[0].strip()
        if first:
            yield first


def _wrong(nobody: Sequence[str], several: Sequence[str]) -> str:
    said = []
    if nobody:
        said.append(_("没有这些人：{names}。").format(names=_some(nobody)))
    if several:
        said.append(_("这些名字不止一位，请写工号：{names}。").format(names=_some(several)))
    return "".join(said)


def _some(names: Sequence[str]) -> str:
    more = _("等 {count} 行").format(count=len(names)) if len(names) > SHOWN else ""
    return _("、").join(names[:SHOWN]) + more


def check_how_many(found: Mapping[UUID, object] | set[UUID]) -> None:
    """:raises PolicyInvalid: if nobody is meant, or more than anybody insures at once"""
    if not found:
        raise PolicyInvalid(fields={"who": gettext_lazy("请选这张保单保哪些人。")})
    if len(found) > MOST_COVERED:
        raise PolicyInvalid(fields={"who": gettext_lazy("一张保单一次最多登记 2000 人。")})


def mark_of(cover_ids: Iterable[UUID]) -> str:
    """Return what is the same for the same covers, and for no others: a page says with it whom she has read."""
    return hashlib.sha256(b"".join(sorted(one.bytes for one in cover_ids))).hexdigest()[:32]
