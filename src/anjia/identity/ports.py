"""What identity asks of the outside, in our words. Wired in settings by dotted path."""

import logging
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol, cast
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from anjia.identity.rules import CodesNotConnected, WechatBusy, WechatNotConnected, WechatRefused
from anjia.integrations.errors import Misconfigured, NotConnected, Permanent, Temporary
from anjia.kernel.actors import Actor

log = logging.getLogger(__name__)


class CodeSender(Protocol):
    def send(self, phone: str, code: str) -> None:
        """
        Bring the code to the phone.

        :raises anjia.integrations.errors.Temporary: if it may work later
        :raises anjia.integrations.errors.Permanent: if it never will
        """


class WechatSignIn(Protocol):
    def openid_of(self, code: str) -> str:
        """
        Return who WeChat says has signed in.

        :raises anjia.integrations.errors.NotConnected: if this installation has no app of its own
        :raises anjia.integrations.errors.Temporary: if it may work later
        :raises anjia.integrations.errors.Permanent: if WeChat does not know the code, or knows it no more
        """


class Calls(Protocol):
    """Who hears calls for help in a house. That is decided far above: here roles are given and taken."""

    def hearers(self, actor: Actor, *, now: datetime, without: UUID | None = None) -> Any:
        """Return who hears them now; `without` is somebody who will not be there."""

    def said_of(self, actor: Actor, before: Any, after: Any) -> str:
        """Say who would call in vain from then on, and when; nothing if it is heard as before."""


def calls() -> Calls:
    return cast(Calls, import_module(settings.CALLS_FOR_HELP))


def code_sender() -> CodeSender:
    """:raises anjia.integrations.errors.NotConnected: if this installation has no SMS account"""
    return cast(CodeSender, import_string(settings.CODE_SENDER)())


def check_codes_arrive() -> None:
    """:raises CodesNotConnected: if this installation cannot send codes: nobody shall wait for one in vain"""
    try:
        code_sender()
    except NotConnected:
        raise CodesNotConnected from None


def wechat_sign_in() -> WechatSignIn:
    return cast(WechatSignIn, import_string(settings.WECHAT_SIGN_IN)())


def openid_from_wechat(code: str) -> str:
    """
    Ask WeChat who has signed in. Never inside a unit of work: it may take seconds.

    :raises WechatNotConnected: if this installation has no app, or WeChat does not take it
    :raises WechatBusy: if it may work later
    :raises WechatRefused: if WeChat does not know the code, or knows it no more
    """
    try:
        return wechat_sign_in().openid_of(code)
    except Temporary:
        raise WechatBusy from None
    except Misconfigured as error:
        log.error("WeChat refuses our app: %s", error.code)
        raise WechatNotConnected from None
    except NotConnected:
        raise WechatNotConnected from None
    except Permanent:
        raise WechatRefused from None
