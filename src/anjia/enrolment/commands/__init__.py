"""What can be done with programmes and those who are recruited. One function, one unit of work."""

from anjia.enrolment.commands.appeals import answer_appeal, appeal
from anjia.enrolment.commands.places import (
    come_again,
    leave_programme,
    offer_free_places,
    release_offer,
    take_place,
)
from anjia.enrolment.commands.programmes import (
    add_channel,
    change_programme,
    close_programme,
    open_programme,
    retire_channel,
)
from anjia.enrolment.commands.screening import add_candidate, screen, settle_screening
from anjia.enrolment.commands.telling import tell_answer, tell_decision, tell_place

__all__ = [
    "add_candidate",
    "add_channel",
    "answer_appeal",
    "appeal",
    "change_programme",
    "close_programme",
    "come_again",
    "leave_programme",
    "offer_free_places",
    "open_programme",
    "release_offer",
    "retire_channel",
    "screen",
    "settle_screening",
    "take_place",
    "tell_answer",
    "tell_decision",
    "tell_place",
]
