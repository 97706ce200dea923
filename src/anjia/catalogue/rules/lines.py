"""The laws that a service may stand on, and what they are called."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from anjia.kernel.errors import Words


class LegalLine(StrEnum):
    """The law and the money that a service stands on; the words are in `WORDS_OF_LINE`."""

    PUBLIC_HEALTH = "public_health"
    FAMILY_DOCTOR = "family_doctor"
    HOME_CARE = "home_care"
    INTERNET_NURSING = "internet_nursing"
    NON_MEDICAL = "non_medical"


WORDS_OF_LINE: Final[Mapping[str, Words]] = {
    LegalLine.PUBLIC_HEALTH: _("公卫随访"),
    LegalLine.FAMILY_DOCTOR: _("家庭医生上门"),
    LegalLine.HOME_CARE: _("居家医疗"),
    LegalLine.INTERNET_NURSING: _("互联网+护理"),
    LegalLine.NON_MEDICAL: _("非医疗"),
}
