"""Makers for messages: say only what the test is about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from anjia.kernel.actors import Actor, system
from anjia.kernel.work import acting
from anjia.messaging import commands, jobs
from anjia.messaging.models import Attempt, Call, Message, Notification
from anjia.messaging.rules import Channel, Contact
from tests.make import NOON

VALUES = {
    "when": "3月3日 周二 上午 9:00",
    "moment": "2026年3月3日 09:00",
    "clock": "9:00",
    "word": "4821",
    "who": "李护士",
    "resident": "王秀英",
    "institution": "翠湖社区卫生服务中心",
    "phone": "010-62345678",
    "preparation": "请空腹。",
    "area": "翠湖小区",
    "deadline": "10:00",
}
EVERYTHING = Contact(name="王秀英", phone="13800138000", wechat_openid="o-wang")


def message(*, sent_by: Actor, now: datetime = NOON, **changes: Any) -> Message:
    sound: dict[str, Any] = {
        "party_id": uuid4(),
        "template_code": "visit_promised",
        "event_id": uuid4(),
        "about_kind": "visit",
        "about_id": uuid4(),
        "values": VALUES,
        "contact": EVERYTHING,
    }
    return acting(sent_by, now).do(commands.send, **sound | changes)


def notifications(of: Message) -> dict[str, Notification]:
    """Return the message's rows in the outbox, by channel."""

    def read(actor: Actor) -> dict[str, Notification]:
        rows = Notification.objects.filter(message_id=of.id).order_by("made_at", "id")
        return {row.channel: row for row in rows}

    return acting(system(of.organization_id), NOON).ask(read)


def report(of: Notification, *, arrived: bool, vendor_id: str = "", now: datetime = NOON) -> bool:
    """Let the vendor report what became of it; return whether that was news."""
    return acting(system(of.organization_id), now).do(
        commands.note_report, notification_id=of.id, vendor_id=vendor_id or of.vendor_id, arrived=arrived
    )


def attempts(of: Message) -> list[tuple[str, str, str]]:
    def read(actor: Actor) -> list[tuple[str, str, str]]:
        rows = Attempt.objects.filter(notification__message_id=of.id).order_by("notification_id", "number")
        return [
            (row.notification.channel, row.outcome, row.code) for row in rows.select_related("notification")
        ]

    return acting(system(of.organization_id), NOON).ask(read)


def calls(of: Message) -> list[Call]:
    return acting(system(of.organization_id), NOON).ask(
        lambda actor: list(Call.objects.filter(message_id=of.id))
    )


@dataclass
class Carrier:
    """A vendor in the test's hand: takes everything, unless told what to say to whom."""

    dedupes: bool = True
    says: dict[str, Exception] = field(default_factory=dict)  # by address
    taken: list[tuple[str, str, str]] = field(default_factory=list)  # (message id, address, words)
    arrived: set[str] = field(default_factory=set)
    dies: Callable[[], object] | None = None

    def send(
        self,
        *,
        message_id: str,
        to: str,
        template: str,
        words: str,
        values: Mapping[str, str],
        fields: Mapping[str, str],
    ) -> str:
        if to in self.says:
            raise self.says[to]
        self.taken.append((message_id, to, words))
        self.arrived.add(message_id if self.dedupes else f"{message_id}/{len(self.taken)}")
        if self.dies:
            self.dies()
        return f"vendor-{message_id}"


@dataclass
class Post:
    """All vendors together, put in the place of the real ones by the fixture `post`."""

    wechat: Carrier = field(default_factory=Carrier)
    sms: Carrier = field(default_factory=Carrier)

    def carrier(self, channel: Channel) -> Carrier:
        return {Channel.WECHAT: self.wechat, Channel.SMS: self.sms}[channel]

    def go(self, now: datetime = NOON) -> None:
        """Do one round of the postman, in no time."""
        jobs.empty_outbox(lambda: now)

    def forget(self) -> None:
        """Send what other tests have left behind, and forget it."""
        self.go(NOON + timedelta(days=400))
        self.wechat, self.sms = Carrier(), Carrier()
