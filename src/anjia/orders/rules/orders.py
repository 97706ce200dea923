"""What an order must say, how it stands, and what it lets be done. Limits and their sources are in `data/`."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final, Protocol

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from anjia.clinical.forbidden import Forbidden, Form, forbids
from anjia.clinical.tables import Source, source_of
from anjia.kernel.errors import DomainError, Invalid, Words


class OrderKind(StrEnum):
    DRUG = "drug"
    PROCEDURE = "procedure"


class State(StrEnum):
    DRAFT = "draft"  # entered, no doctor of the institution has read it
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    CHANGED = "changed"  # a later version is in its place
    ENDED = "ended"


class Origin(StrEnum):
    HOUSE = "house"
    OTHER = "other"
    UNKNOWN = "unknown"


class SkinTest(StrEnum):
    NOT_NEEDED = "not_needed"
    NEEDED = "needed"
    POSITIVE = "positive"


WORDS_OF_KIND: Final[Mapping[OrderKind, Words]] = {
    OrderKind.DRUG: gettext_lazy("药（处方）"),
    OrderKind.PROCEDURE: gettext_lazy("操作（医嘱）"),
}
WORDS_OF_STATE: Final[Mapping[State, Words]] = {
    State.DRAFT: gettext_lazy("等医生确认"),
    State.CONFIRMED: gettext_lazy("医生确认了"),
    State.REFUSED: gettext_lazy("医生没有确认"),
    State.CHANGED: gettext_lazy("改过，有新的一版"),
    State.ENDED: gettext_lazy("停了"),
}
TONES: Final[Mapping[State, str]] = {
    State.DRAFT: "warn",
    State.CONFIRMED: "ok",
    State.REFUSED: "bad",
    State.CHANGED: "idle",
    State.ENDED: "idle",
}
ROUTES: Final[Mapping[str, Words]] = {
    "subcutaneous": gettext_lazy("皮下注射"),
    "intramuscular": gettext_lazy("肌内注射"),
    "topical": gettext_lazy("外用"),
    "flush": gettext_lazy("冲管、封管"),
    "tube": gettext_lazy("鼻饲"),
    "bladder": gettext_lazy("膀胱冲洗"),
    "rectal": gettext_lazy("直肠给药、灌肠"),
    "inhaled": gettext_lazy("雾化吸入"),
    "oral": gettext_lazy("口服"),
    "iv_infusion": gettext_lazy("静脉输液"),
    "iv_push": gettext_lazy("静脉推注"),
    "intrathecal": gettext_lazy("鞘内注射"),
    "intraarticular": gettext_lazy("关节腔注射"),
}
INJECTED: Final = frozenset({"subcutaneous", "intramuscular"})
WORDS_OF_ORIGIN: Final[Mapping[Origin, Words]] = {
    Origin.HOUSE: gettext_lazy("本机构发的"),
    Origin.OTHER: gettext_lazy("别处拿的"),
    Origin.UNKNOWN: pgettext_lazy("where a drug comes from", "说不清"),
}
WORDS_OF_SKIN_TEST: Final[Mapping[SkinTest, Words]] = {
    SkinTest.NOT_NEEDED: gettext_lazy("不用做皮试"),
    SkinTest.NEEDED: gettext_lazy("要做皮试"),
    SkinTest.POSITIVE: gettext_lazy("皮试阳性"),
}

# What is asked of every order, and of a drug besides; in the order in which a form has them.
ASKED: Final[Mapping[str, Words]] = {
    "name": gettext_lazy("药名或操作"),
    "dose": gettext_lazy("剂量"),
    "frequency": gettext_lazy("次数"),
    "problem": gettext_lazy("为了什么"),
    "institution": gettext_lazy("哪家机构开的"),
    "doctor": gettext_lazy("哪位医生开的"),
    "origin_proof": gettext_lazy("发药单号"),
    "lot": gettext_lazy("药的批号"),
}
OF_DRUGS: Final = frozenset({"dose", "origin_proof", "lot"})
LONGEST_TEXT: Final = 300


class OrderInvalid(Invalid):
    code = "orders.invalid"
    words = gettext_lazy("这条医嘱还不能收下。标出来的几处改好，再录一次。")


class ForbiddenAtHome(Invalid):
    """What is ordered is not done at home: each rule, and where it stands."""

    code = "orders.forbidden_at_home"
    words = gettext_lazy("这一项不能在家里做。")

    def __init__(self, found: Sequence[Forbidden]) -> None:
        super().__init__(
            _("不能在家里做：{reasons} 请安排她到机构来做，或者转诊。").format(
                reasons=" ".join(words_of(one) for one in found)
            ),
            fields={one.rule_id: forbidden_words(one) for one in found},
        )


class PhotoMissing(Invalid):
    code = "orders.photo_missing"
    words = gettext_lazy("还没有拍医嘱或处方的原件。拍清楚再录。")


class NoDoctor(DomainError):
    code = "orders.no_doctor"
    status = 403
    words = gettext_lazy("只有本机构有有效执业证书的医生能确认医嘱、回答提问。请找当班的医生。")


class SameReader(DomainError):
    code = "orders.same_reader"
    words = gettext_lazy("这条是您自己录的，要由另一位医生看过原件再确认。")


class OrderSettled(DomainError):
    code = "orders.settled"
    words = gettext_lazy("这条医嘱已经有人处理过了。请刷新，看看现在怎么样。")


class WhyMissing(Invalid):
    code = "orders.why_missing"
    words = gettext_lazy("请写明原因。")


def is_english() -> bool:
    return (get_language() or "zh").startswith("en")


def forbidden_words(one: Forbidden) -> str:
    return one.said[is_english()]


def words_of(one: Forbidden) -> str:
    return _("{words}（依据：{source}）。").format(
        words=forbidden_words(one), source=one.basis.words("en" if is_english() else "zh")
    )


@cache
def limits() -> Mapping[str, Any]:
    content: Mapping[str, Any] = json.loads(
        files("anjia.orders").joinpath("data/limits.json").read_text(encoding="utf-8")
    )
    return content


def source_words(name: str) -> str:
    """Return where a limit stands, with the number of the document."""
    row = limits()[name]
    basis: Source = source_of(row)
    return f"{row['document_no']} {basis.words('en' if is_english() else 'zh')}".strip()


def longest(kind: OrderKind) -> timedelta:
    return timedelta(days=limits()[kind.value]["days"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an order says, as it stands on the original."""

    kind: OrderKind
    name: str
    frequency: str
    problem: str
    institution: str
    doctor: str
    written_on: date | None = None
    dose: str = ""
    route: str = ""
    origin: str = ""
    origin_proof: str = ""
    lot: str = ""
    drug_expires_on: date | None = None
    had_before: bool | None = None
    skin_test: str = ""
    note: str = ""

    @property
    def is_drug(self) -> bool:
        return self.kind is OrderKind.DRUG

    @property
    def forms(self) -> set[Form]:
        """Return what may forbid it besides its name and route."""
        found = set()
        if self.is_drug and self.route in INJECTED and self.had_before is False:
            found.add(Form.FIRST_INJECTION)
        if self.skin_test in (SkinTest.NEEDED, SkinTest.POSITIVE):
            found.add(Form.SKIN_TEST)
        if self.is_drug and self.origin in (Origin.OTHER, Origin.UNKNOWN):
            found.add(Form.FOREIGN_ORIGIN)
        return found


def check_order(said: Said, *, valid_from: date | None, valid_until: date | None, today: date) -> None:
    """
    :raises OrderInvalid: naming every field that is missing or makes no sense
    :raises ForbiddenAtHome: naming every rule of the list of what is not done at home
    """
    wrong = wrong_with(said, valid_from, valid_until, today)
    if wrong:
        raise OrderInvalid(fields=wrong)
    found = forbids(today, names=[said.name], route=said.route, forms=said.forms)
    if found:
        raise ForbiddenAtHome(found)


def wrong_with(
    said: Said, valid_from: date | None, valid_until: date | None, today: date
) -> dict[str, Words]:
    wrong: dict[str, Words] = {}
    for name, words in ASKED.items():
        text = getattr(said, name)
        if not text.strip() and (said.is_drug or name not in OF_DRUGS):
            wrong[name] = _("请照原件写：{what}。").format(what=words)
        elif len(text) > LONGEST_TEXT:
            wrong[name] = _("太长了，最多 {count} 个字。").format(count=LONGEST_TEXT)
    if len(said.note) > 2 * LONGEST_TEXT:
        wrong["note"] = _("太长了，最多 {count} 个字。").format(count=2 * LONGEST_TEXT)
    if said.written_on is None or said.written_on > today:
        wrong["written_on"] = _("请写原件上的日期，不能晚于今天。")
    if said.is_drug:
        wrong |= wrong_with_drug(said, valid_until)
    return wrong | wrong_with_days(said.kind, valid_from, valid_until)


def wrong_with_drug(said: Said, valid_until: date | None) -> dict[str, Words]:
    wrong: dict[str, Words] = {}
    if said.route not in ROUTES:
        wrong["route"] = _("请选怎么用。")
    if said.origin not in set(Origin):
        wrong["origin"] = _("请选药是哪里来的。")
    if said.skin_test not in set(SkinTest):
        wrong["skin_test"] = _("请选要不要做皮试。")
    if said.route in INJECTED and said.had_before is None:
        wrong["had_before"] = _("请写以前用过没有：第一次用的药不在家里注射。")
    if said.drug_expires_on is None:
        wrong["drug_expires_on"] = _("请照包装写药的有效期。")
    elif valid_until and said.drug_expires_on < valid_until:
        wrong["drug_expires_on"] = _("药在医嘱用完以前就过期了。请换一批药，或者把医嘱的最后一天写早些。")
    return wrong


def wrong_with_days(kind: OrderKind, valid_from: date | None, valid_until: date | None) -> dict[str, Words]:
    wrong: dict[str, Words] = {}
    if valid_from is None:
        wrong["valid_from"] = _("请写从哪一天起。")
    if valid_until is None:
        wrong["valid_until"] = _("请写到哪一天为止。")
    if valid_from and valid_until:
        if valid_until < valid_from:
            wrong["valid_until"] = _("最后一天不能早于第一天。")
        elif valid_until - valid_from > longest(kind):
            wrong["valid_until"] = _("最长 {days} 天（依据：{source}）。到时候请医生再开一次。").format(
                days=longest(kind).days, source=source_words(kind.value)
            )
    return wrong


# What of an order a doctor may change without a new prescription: no drug becomes another one.
CHANGEABLE: Final[Mapping[OrderKind, tuple[str, ...]]] = {
    OrderKind.DRUG: ("dose", "frequency", "note"),
    OrderKind.PROCEDURE: ("name", "frequency", "note"),
}


def changed(before: Said, change: Mapping[str, str]) -> Said:
    """Return what the order says when these of its words are others; what is left empty stays."""
    names = CHANGEABLE[before.kind]
    said: dict[str, Any] = {name: change[name].strip() for name in names if change.get(name, "").strip()}
    return replace(before, **said)


class Standing(Protocol):
    """As much of an order as says whether it lets a service be done on a day."""

    @property
    def service_code(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_until(self) -> date: ...


def covers(order: Standing, service_code: str, on: date) -> bool:
    """Say whether the order lets the service be done on that day."""
    return (
        order.state == State.CONFIRMED
        and order.service_code == service_code
        and order.valid_from <= on <= order.valid_until
    )


def why_no_order(orders: Iterable[Standing], service_code: str, on: date) -> str:
    """Return why no order lets the service be done on that day, from what is nearest to it; nothing if one does."""
    hers = [one for one in orders if one.service_code == service_code]
    if any(covers(one, service_code, on) for one in hers):
        return ""
    confirmed = [one for one in hers if one.state == State.CONFIRMED]
    if any(one.state == State.DRAFT and one.valid_from <= on <= one.valid_until for one in hers):
        return _("医嘱已经录入，还要本机构的医生确认。")
    later = min((one.valid_from for one in confirmed if one.valid_from > on), default=None)
    if later:
        return _("医生的医嘱从 {day} 起才有效。").format(day=f"{later:%Y-%m-%d}")
    last = max((one.valid_until for one in confirmed), default=None)
    if last:
        return _("医生的医嘱到 {day} 为止，那一天已经过了。").format(day=f"{last:%Y-%m-%d}")
    return _("这项服务要有医生的医嘱或处方，还没有。")
