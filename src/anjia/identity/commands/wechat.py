"""Signing in by WeChat. What WeChat says has been asked before the unit of work: no transaction waits for it."""

from datetime import datetime

from anjia.identity.commands.codes import enter_as_one_of
from anjia.identity.entering import refuse_others, take_wechat
from anjia.identity.events import WechatBound
from anjia.identity.models import Account
from anjia.identity.rules import (
    OWN_ACCOUNT,
    AccountKind,
    AccountState,
    Choices,
    End,
    Entry,
    Refused,
    Way,
    WechatNotBound,
)
from anjia.kernel import audit, events
from anjia.kernel.actors import Actor
from anjia.kernel.encryption import blind
from anjia.kernel.work import command


@command("identity.sign_in")
def sign_in_by_wechat(
    actor: Actor, now: datetime, *, openid: str, end: str = End.PHONE.value, device: str = ""
) -> Entry | Choices | Refused:
    """Let in the account that this WeChat is bound to, or ask which of them."""
    rows = Account.objects.filter(wechat_index=blind("wechat", openid), state=AccountState.ACTIVE.value)
    found = [account for account in rows.order_by("opened_at", "id") if account.is_ready]
    if not found:
        return Refused(WechatNotBound())
    return enter_as_one_of(actor, now, found=found, way=Way.WECHAT.value, says={"end": end, "device": device})


@command(OWN_ACCOUNT)
def bind_wechat(actor: Actor, now: datetime, *, openid: str, password: str = "") -> Refused | None:
    """
    Bind the WeChat that the actor holds in her hand to her account, in place of any before.

    It opens a staff account as password and code generator do: whoever finds a phone that is signed in must not give
    the account another WeChat, and is asked for the password.
    """
    account = Account.objects.get(id=actor.user_id)
    if account.kind == AccountKind.STAFF and (
        refused := refuse_others(actor, account, now, password=password, field="password")
    ):
        return refused
    account.wechat_openid, account.wechat_index = openid, blind("wechat", openid)
    account.save(update_fields=["wechat_openid", "wechat_index"])
    audit.record("identity.wechat.bound", actor=actor, at=now, subject_id=account.id)
    events.publish(WechatBound(account_id=account.id, at=now), actor=actor)
    return None


@command(OWN_ACCOUNT)
def unbind_wechat(actor: Actor, now: datetime) -> None:
    """Let the actor's WeChat open nothing any more. Twice is as good as once."""
    take_wechat(actor, now, account=Account.objects.get(id=actor.user_id))
