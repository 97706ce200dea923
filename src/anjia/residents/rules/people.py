"""What is kept of a person, in which words, and what a list says of her."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError
from anjia.spreadsheets.cleaning import WrittenPhone
from anjia.spreadsheets.id_number import IdNumber


class Sex(StrEnum):
    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


SEX_WORDS: Final = {Sex.FEMALE: _("女"), Sex.MALE: _("男"), Sex.UNKNOWN: _("没写")}


class IdCheck(StrEnum):
    """Whether the arithmetic of an ID number vouches for who she is. Looking at the card is another matter."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"


ID_CHECK_WORDS: Final = {IdCheck.VERIFIED: _("已核验"), IdCheck.UNVERIFIED: _("未核验")}

# Codes that rules can switch on; what a list says beyond them is kept as written.
CHRONIC_WORDS: Final[Mapping[str, object]] = {
    "hypertension": _("高血压"),
    "diabetes": _("糖尿病"),
    "coronary": _("冠心病"),
    "stroke": _("脑卒中"),
    "heart_failure": _("心力衰竭"),
    "copd": _("慢阻肺"),
    "kidney": _("慢性肾病"),
    "cancer": _("肿瘤"),
    "dementia": _("失智症"),
    "parkinson": _("帕金森病"),
    "arthritis": _("关节炎"),
    "osteoporosis": _("骨质疏松"),
    "lipids": _("高血脂"),
    "mental": _("严重精神障碍"),
    "tuberculosis": _("肺结核"),
}
CHRONIC_NAMES: Final[Mapping[str, str]] = {
    name: code
    for code, names in {
        "hypertension": "高血压 高血压病 原发性高血压 血压高 htn hypertension",
        "diabetes": "糖尿病 2型糖尿病 二型糖尿病 1型糖尿病 ii型糖尿病 血糖高 t2dm dm diabetes",
        "coronary": "冠心病 冠状动脉粥样硬化性心脏病 冠脉病 chd",
        "stroke": "脑卒中 脑梗 脑梗死 脑梗塞 中风 脑出血 脑血管病 脑血栓",
        "heart_failure": "心力衰竭 心衰 慢性心衰",
        "copd": "慢阻肺 慢性阻塞性肺疾病 慢性阻塞性肺病 copd 老慢支 慢支",
        "kidney": "慢性肾病 慢性肾脏病 肾功能不全 慢性肾衰 尿毒症 ckd",
        "cancer": "肿瘤 恶性肿瘤 癌症",
        "dementia": "失智症 失智 老年痴呆 痴呆 阿尔茨海默病 阿尔茨海默症 认知障碍",
        "parkinson": "帕金森病 帕金森 帕金森症",
        "arthritis": "关节炎 骨关节炎 类风湿关节炎 类风湿",
        "osteoporosis": "骨质疏松 骨质疏松症",
        "lipids": "高血脂 高脂血症 血脂异常 血脂高",
        "mental": "严重精神障碍 精神障碍 精神病 精神分裂症",
        "tuberculosis": "肺结核 结核 结核病",
    }.items()
    for name in names.split()
}


def chronic_of(names: list[str]) -> tuple[str, ...]:
    """Return a code for each condition that we know, the words themselves for the others; each once."""
    return tuple(dict.fromkeys(CHRONIC_NAMES.get(name.casefold().replace(" ", ""), name) for name in names))


@dataclass(frozen=True, slots=True, kw_only=True)
class RelativeRow:
    name: str
    relation: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentRow:
    """What a list says of one resident. None and "" mean that it does not say, and leave what is there."""

    row: int
    name: str
    sex: str | None = None
    id_number: IdNumber | None = None
    birth_date: date | None = None
    phones: tuple[WrittenPhone, ...] = ()
    address: str = ""
    door_note: str = ""
    filed_on: date | None = None
    chronic: tuple[str, ...] | None = None
    lives_alone: bool | None = None
    relatives: tuple[RelativeRow, ...] = ()

    @property
    def born_on(self) -> date | None:
        return self.id_number.born_on if self.id_number else self.birth_date

    @property
    def sex_said(self) -> str | None:
        return self.id_number.sex if self.id_number else self.sex


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a list does to one person: by field, what was there and what comes. Texts may be personal."""

    row: int
    name: str
    fields: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a list does. The same list again does nothing."""

    added: tuple[Change, ...] = ()
    changed: tuple[Change, ...] = ()
    same: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed)


def masked_phone(number: str) -> str:
    """Return 138****5678; of a short number the last two digits."""
    return f"{number[:3]}****{number[-4:]}" if len(number) >= 9 else f"****{number[-2:]}"


def last_four(number: str) -> str:
    """Return the last four digits of a telephone number, without its extension."""
    main = number.split("-")[1] if number.count("-") == 2 else number
    return main[-4:]


class AlreadyRegistered(DomainError):
    code = "residents.already_registered"
    words = _("这个身份证号已经登记过了。请在居民列表里搜一下，不用再建一份。")


class NoSuchPhone(DomainError):
    code = "residents.no_phone"
    words = _("还没有登记手机号，开通单要靠手机号后四位核对。请先补上手机号。")
