"""Signing in: how long, how often, and in which words it is refused. Pure: no database, no clock."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import DomainError, Invalid, TooMany

T = TypeVar("T")


class OrganizationKind(StrEnum):
    OPERATOR = "operator"
    INSTITUTION = "institution"
    STATION = "station"
    HOSPITAL = "hospital"
    WARD = "ward"


# An institution's rows are its own; a station or a ward is a part of the institution above it.
HOUSES: Final = frozenset(
    {OrganizationKind.OPERATOR, OrganizationKind.INSTITUTION, OrganizationKind.HOSPITAL}
)
MAY_LIE_UNDER: Final[Mapping[OrganizationKind, frozenset[OrganizationKind]]] = {
    OrganizationKind.OPERATOR: frozenset({OrganizationKind.OPERATOR}),
    OrganizationKind.INSTITUTION: frozenset({OrganizationKind.OPERATOR, OrganizationKind.INSTITUTION}),
    OrganizationKind.HOSPITAL: frozenset({OrganizationKind.OPERATOR, OrganizationKind.INSTITUTION}),
    OrganizationKind.STATION: frozenset({OrganizationKind.INSTITUTION, OrganizationKind.HOSPITAL}),
    OrganizationKind.WARD: frozenset({OrganizationKind.HOSPITAL, OrganizationKind.INSTITUTION}),
}


class AccountKind(StrEnum):
    STAFF = "staff"
    PERSON = "person"


class AccountState(StrEnum):
    ACTIVE = "active"
    CLOSED = "closed"


class End(StrEnum):
    """Where somebody is signed in."""

    CONSOLE = "console"
    PHONE = "phone"


class Way(StrEnum):
    """How somebody proved who she is."""

    CODE = "code"
    WECHAT = "wechat"
    PASSWORD = "password"
    SCAN = "scan"
    ACTIVATION = "activation"
    CARD = "card"  # one click, in a demo only


# What is one for the whole house: accounts, the price list, lists of all its people, what anybody did. A station or a
# ward has none of its own, so it cannot be managed there alone.
OF_THE_HOUSE: Final = frozenset(
    {"identity.manage", "audit.read", "catalogue.change", "imports.run", "quality.read"}
)

OWN_ACCOUNT: Final = "identity.own_account"  # what everybody who is signed in may do with her own account

# A console stands where others pass by; a phone is in its owner's pocket, and has facts to send home.
IDLE: Final[Mapping[tuple[AccountKind, End], timedelta]] = {
    (AccountKind.STAFF, End.CONSOLE): timedelta(hours=12),
    (AccountKind.STAFF, End.PHONE): timedelta(days=30),
    (AccountKind.PERSON, End.CONSOLE): timedelta(hours=12),
    (AccountKind.PERSON, End.PHONE): timedelta(days=90),
}
USE_NOTED_EVERY: Final = timedelta(minutes=5)

CODE_LIVES: Final = timedelta(minutes=5)
CODE_TRIES: Final = 5
CHOICE_LIVES: Final = timedelta(minutes=5)
SCAN_LIVES: Final = timedelta(minutes=2)
UNLOCK_TRIES: Final = 5
TOTP_STEP: Final = 30  # seconds
TOTP_DRIFT: Final = 1  # steps that a phone's clock may be early or late
SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 128
PEOPLE_REMEMBERED: Final = timedelta(days=14)  # by a shared computer, for switching


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many within any such period."""

    name: str
    most: int
    per: timedelta


CODE_SOON: Final = Limit("code-soon", 1, timedelta(seconds=60))
CODE_BY_PHONE: Final = Limit("code-phone", 5, timedelta(hours=1))
CODE_BY_ADDRESS: Final = Limit("code-address", 60, timedelta(hours=1))  # a hospital has one address
WRONG_CODES_BY_ADDRESS: Final = Limit("wrong-code-address", 60, timedelta(minutes=15))
# Whoever tries one login from one place is slowed down there, and so are all places together, once there are twenty of
# them. She herself still comes in: from a browser that she has used before, where only its own tries count (OWASP's
# "device cookies"), by WeChat, or by scanning.
WRONG_PASSWORDS_HERE: Final = Limit("password-login-address", 5, timedelta(minutes=15))
WRONG_PASSWORDS_BY_LOGIN: Final = Limit("password-login", 100, timedelta(minutes=15))
WRONG_PASSWORDS_ON_DEVICE: Final = Limit("password-device", 10, timedelta(minutes=15))  # five are its lock's
WRONG_PASSWORDS_BY_ADDRESS: Final = Limit("password-address", 60, timedelta(minutes=15))
SLIPS_BY_ADDRESS: Final = Limit("slip-address", 120, timedelta(minutes=15))  # a whole lecture hall signs in
SCANS_BY_ADDRESS: Final = Limit("scan-address", 120, timedelta(minutes=15))
WECHAT_BY_ADDRESS: Final = Limit("wechat-address", 300, timedelta(minutes=15))  # carriers share addresses
LONGEST_PERIOD: Final = timedelta(hours=1)


class TooSoon(TooMany):
    code = "identity.too_soon"


class WrongCode(DomainError):
    code = "identity.wrong_code"
    status = 422
    words = _("验证码不对，或者已经过期。看看最新那条短信，或重新获取一个。")


class CodeUsedUp(DomainError):
    code = "identity.code_used_up"
    status = 422
    words = _("这个验证码试了五次都不对，已经作废。请重新获取一个。")


class NotRegistered(DomainError):
    code = "identity.not_registered"
    status = 422
    words = _("这个手机号还没有登记。请用社区给您的开通单，或打服务台电话登记。")


class WrongPassword(DomainError):
    code = "identity.wrong_password"
    status = 422
    words = _("登录名、密码或动态码不对。动态码每半分钟换一次，用过的不能再用。")


class WrongSecret(DomainError):
    code = "identity.wrong_secret"
    status = 422
    words = _("密码或动态码不对。动态码每半分钟换一次，用过的不能再用。")


class WrongOldPassword(DomainError):
    code = "identity.wrong_old_password"
    status = 422
    words = _("现在的密码不对。")


class SignInAgain(DomainError):
    code = "identity.sign_in_again"
    status = 422
    words = _("错了太多次，或者登录已经过期。请重新输入登录名、密码和动态码。")


class FirstSignInAtConsole(DomainError):
    code = "identity.first_sign_in_at_console"
    status = 422
    words = _("第一次登录请用电脑：先换掉临时密码，再绑定动态码。之后手机上就能登录。")


class CodesNotConnected(DomainError):
    code = "identity.codes_not_connected"
    status = 422
    words = _("这里还没有接上短信，验证码发不出去。请用社区给您的开通单登录，或打服务台电话。")


class WechatNotBound(DomainError):
    code = "identity.wechat_not_bound"
    status = 422
    words = _(
        "这个微信还没有和安家账号绑定。请先用手机号或密码登录，再到“家人和我”（工作人员是“我”）里绑定微信。"
    )


class WechatNotConnected(DomainError):
    code = "identity.wechat_not_connected"
    status = 422
    words = _("这里还没有接上微信登录。请用手机号和验证码登录。")


class WechatRefused(DomainError):
    code = "identity.wechat_refused"
    status = 422
    words = _("微信没有认出这次登录。请退回上一页，再点一次微信登录。")


class WechatBusy(DomainError):
    code = "identity.wechat_busy"
    status = 503
    words = _("微信现在忙，没有回应。请等半分钟再点一次，或用手机号登录。")


class TicketGone(DomainError):
    code = "identity.ticket_gone"
    status = 422
    words = _("这一步已经过期了。请从头再来一次。")


class NotReady(DomainError):
    code = "identity.not_ready"
    words = _("您的账号还没有设好动态码。先在电脑上用密码登录一次，设好自己的密码和动态码，再来扫码。")


class LoginTaken(DomainError):
    code = "identity.login_taken"
    words = _("这个登录名已经有人用了。请换一个。")


class RoleAlreadyHeld(DomainError):
    code = "identity.role_already_held"
    words = _("他已经有这个角色了。")


class RoleOfTheHouse(DomainError):
    code = "identity.role_of_the_house"
    status = 422
    words = _("这个角色管的是整家机构的事，不能只在站点或病区给。请选机构本身。")


class RoleUnknown(DomainError):
    code = "identity.role_unknown"
    status = 422
    words = _("没有这个角色。请从列表里选。")


class LastAdministrator(DomainError):
    code = "identity.last_administrator"
    words = _("这是最后一位管理员。请先让别人也当管理员，再收回。")


class NobodyHears(DomainError):
    """It may be done all the same, by whoever says that she knows."""

    code = "identity.nobody_hears"
    words = _("这样做了以后，没有人能接求助。")


class WrongPlace(DomainError):
    code = "identity.wrong_place"
    status = 422
    words = _("这一级下面不能建这种机构。站点建在机构下，病区建在医院下。")


class NotAMember(DomainError):
    code = "identity.not_a_member"
    status = 403
    words = _("你在那家机构没有角色。需要的话，请找那里的管理员。")


class AlreadySetUp(DomainError):
    code = "identity.already_set_up"
    status = 404
    words = _("这里已经设置好了。请直接登录。")


def limit_words(retry_after: timedelta) -> str:
    """Return when it may be tried again, as people say it."""
    seconds = max(1, int(retry_after.total_seconds()) + (1 if retry_after.microseconds else 0))
    if seconds <= 90:
        return str(_("试得太勤了，请过 {n} 秒再试。")).format(n=seconds)
    return str(_("试得太多了，请过 {n} 分钟再试。")).format(n=-(-seconds // 60))


def normal_phone(text: str) -> str:
    """
    Return the eleven digits of a mainland mobile number, however it was typed.

    :raises Invalid: if it is not one
    """
    digits = re.sub(r"[\s\-().·]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", digits)
    if not re.fullmatch(r"1[3-9][0-9]{9}", digits):
        words = _("手机号应该是 11 位数字，以 1 开头。请看看是不是多了或少了一位。")
        raise Invalid(words, fields={"phone": words})
    return digits


def normal_login(text: str) -> str:
    """
    Return the login as it is kept: lower case, without spaces around it.

    :raises Invalid: if it is not one
    """
    login = unicodedata.normalize("NFKC", text).strip().lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,39}", login):
        words = _("登录名用小写字母、数字、点和横线，2 到 40 个字。")
        raise Invalid(words, fields={"login": words})
    return login


def check_password(password: str, *, login: str, name: str) -> None:
    """:raises Invalid: if it is short, or says who it is of"""
    words = None
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        words = _("密码要 10 个字以上，128 个字以内。一句只有你记得的话最好。")
    elif len(set(password)) < 5 or (login and login in password.lower()) or password == name:
        words = _("这个密码太好猜了：不要用登录名，也不要只用几个重复的字。")
    if words:
        raise Invalid(words, fields={"password": words})


def masked(name: str) -> str:
    """Return the name as it may be shown to somebody who has not chosen it yet: 张**."""
    return f"{name.strip()[:1]}**"


def masked_phone(phone: str) -> str:
    """Return 138****5678."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "****"


def device_words(user_agent: str) -> str:
    """Return what a person would call the device: 微信小程序, Chrome · Windows."""
    app = next((word for mark, word in APPS if mark in user_agent), "")
    system = next((word for mark, word in SYSTEMS if mark in user_agent), "")
    return " · ".join(word for word in (app, system) if word) or str(_("不认得的设备"))


APPS: Final = (
    ("miniProgram", "微信小程序"),
    ("MicroMessenger", "微信"),
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody has come in: the one time that the token is seen."""

    token: str
    session_id: UUID
    expires_at: datetime
    account_id: UUID
    name: str
    kind: str
    organization_id: UUID
    is_limited: bool = False  # may only set a password and enrol a code generator


@dataclass(frozen=True, slots=True)
class Candidate:
    id: UUID
    name: str  # masked
    organization: str


@dataclass(frozen=True, slots=True)
class Choices:
    """The proof was right, and fits several people: who is it?"""

    ticket: str
    accounts: list[Candidate]


@dataclass(frozen=True, slots=True)
class Refused:
    """
    A wrong try. It is returned and not raised: a refusal that is raised undoes the unit of work, and
    this try must be remembered. The edge raises it afterwards, with `let_in`.
    """

    error: DomainError


def let_in(outcome: T | Refused) -> T:
    """:raises DomainError: if it was refused"""
    if isinstance(outcome, Refused):
        raise outcome.error
    return outcome
