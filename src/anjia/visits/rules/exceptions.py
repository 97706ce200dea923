"""What can come in between at a visit: each kind has a form, a next step and a clock of its own, in `exceptions`."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import Words


class ExceptionKind(StrEnum):
    NO_SHOW = "no_show"
    REFUSED = "refused"
    UNSAFE = "unsafe"
    LATE = "late"
    CAREGIVER_ILL = "caregiver_ill"
    WRONG_ADDRESS = "wrong_address"
    WORSENING = "worsening"
    SPECIMEN_LATE = "specimen_late"


WORDS_OF_EXCEPTION: Final[Mapping[ExceptionKind, Words]] = {
    ExceptionKind.NO_SHOW: _("家里没人"),
    ExceptionKind.REFUSED: _("对方拒绝"),
    ExceptionKind.UNSAFE: _("现场不安全"),
    ExceptionKind.LATE: _("要晚到"),
    ExceptionKind.CAREGIVER_ILL: _("上门的人来不了"),
    ExceptionKind.WRONG_ADDRESS: _("地址不对"),
    ExceptionKind.WORSENING: _("病情变差"),
    ExceptionKind.SPECIMEN_LATE: _("标本没有按时送到"),
}
