"""From the street to the door: how long somebody may say that it takes."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import Invalid

MOST: Final = 30  # minutes [ENG]


class AccessInvalid(Invalid):
    code = "residents.access_invalid"
    words = _("从街上到门口要几分钟，填 0 到 30 的整数；不填就按到达记录学。")


def check_access(minutes: int | None) -> None:
    """:raises AccessInvalid: if nobody takes so long"""
    if minutes is not None and not 0 <= minutes <= MOST:
        raise AccessInvalid(fields={"minutes": AccessInvalid.words})
