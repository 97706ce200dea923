"""What can be done with times, crews and offers, by topic."""

from anjia.dispatch.commands.assigning import assign_by_hand, find_somebody_else
from anjia.dispatch.commands.booking import call_off_all, cancel_booking, move_booking
from anjia.dispatch.commands.holding import confirm_hold, hold_slot, release_hold, take_turns
from anjia.dispatch.commands.offers import accept_offer, decline_offer, offer_visit, withdraw_open_offers
from anjia.dispatch.commands.travel import keep_travel_times

__all__ = [
    "accept_offer",
    "assign_by_hand",
    "call_off_all",
    "cancel_booking",
    "confirm_hold",
    "decline_offer",
    "find_somebody_else",
    "hold_slot",
    "keep_travel_times",
    "move_booking",
    "offer_visit",
    "release_hold",
    "take_turns",
    "withdraw_open_offers",
]
