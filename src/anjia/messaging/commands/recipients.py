"""How people are reached."""

from collections.abc import Sequence
from datetime import datetime, time
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anjia.kernel import audit
from anjia.kernel.actors import Actor
from anjia.kernel.work import command
from anjia.messaging.models import Recipient
from anjia.messaging.rules import QUIET_FROM, QUIET_UNTIL, Channel, WayUnsound


@command("messaging.send")
def set_recipient(
    actor: Actor,
    now: datetime,
    *,
    party_id: UUID,
    name: str,
    ways: Sequence[str],
    phone: str = "",
    wechat_openid: str = "",
    language: str = "zh",
    through_party_id: UUID | None = None,
    quiet_from: time = QUIET_FROM,
    quiet_until: time = QUIET_UNTIL,
) -> Recipient:
    """
    Say how this party wants to be reached: in this order, and at the end by telephone.

    :raises WayUnsound: if a way is not known, or what it needs is missing
    """
    _check_ways(
        ways, phone=phone, wechat_openid=wechat_openid, through_party_id=through_party_id, party_id=party_id
    )
    recipient = (
        Recipient.objects.select_for_update()
        .filter(organization_id=actor.organization_id, party_id=party_id)
        .first()
    ) or Recipient(organization_id=actor.organization_id, party_id=party_id)
    recipient.name, recipient.language, recipient.ways = name, language, list(ways)
    recipient.phone, recipient.wechat_openid = phone, wechat_openid
    recipient.through_party_id = through_party_id
    recipient.quiet_from, recipient.quiet_until = quiet_from, quiet_until
    recipient.set_by_hand = True
    recipient.save()
    audit.record(
        "messaging.recipient.set",
        actor=actor,
        at=now,
        subject_id=party_id,
        fields=["language", "phone", "quiet", "through", "ways", "wechat"],
    )
    return recipient


def _check_ways(
    ways: Sequence[str], *, phone: str, wechat_openid: str, through_party_id: UUID | None, party_id: UUID
) -> None:
    needs = {
        Channel.WECHAT: bool(wechat_openid),
        Channel.SMS: bool(phone),
        Channel.PHONE: bool(phone),
        Channel.THROUGH: through_party_id is not None and through_party_id != party_id,
    }
    known = {channel.value for channel in Channel}
    if not ways or not set(ways) <= known or len(set(ways)) != len(ways):
        raise WayUnsound(fields={"ways": _("请按先后选，每种一次。")})
    missing = [way for way in ways if not needs[Channel(way)]]
    if missing:
        raise WayUnsound(fields={"ways": _("选的方式里，有一种还没有填号码或联系人。")})
