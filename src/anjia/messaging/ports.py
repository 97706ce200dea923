"""What messaging asks of the outside, in our words. Wired in settings by dotted path."""

from collections.abc import Mapping
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from anjia.messaging.rules import Channel


class Carrier(Protocol):
    @property
    def dedupes(self) -> bool:
        """
        Say whether the same `message_id` sent twice arrives once.

        Where it does not, a try that was cut off is never repeated on that channel: the next way is taken.
        """

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
        """
        Hand the message over; return the vendor's id of it.

        :raises anjia.integrations.errors.Temporary: if it may work later
        :raises anjia.integrations.errors.Permanent: if it never will: 43101, she has not subscribed
        """


def carrier(channel: Channel) -> Carrier:
    """Return who carries messages on the channel: the vendor's client, or its stand-in."""
    paths = {Channel.WECHAT: settings.WECHAT_MESSAGES, Channel.SMS: settings.SMS_MESSAGES}
    return cast(Carrier, import_string(paths[channel])())
