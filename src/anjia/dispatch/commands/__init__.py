"""What can be done with times, crews and offers, by topic."""

from anjia.dispatch.commands.assigning import assign_by_hand, find_somebody_else
from anjia.dispatch.commands.booking import call_off_all, cancel_booking, move_booking
from anjia.dispatch.commands.changes import change_day, undo_change
from anjia.dispatch.commands.holding import confirm_hold, hold_slot, release_hold, take_turns
from anjia.dispatch.commands.laboratory import remove_laboratory, set_laboratory
from anjia.dispatch.commands.offers import accept_offer, decline_offer, offer_visit, withdraw_open_offers
from anjia.dispatch.commands.plans import (
    begin_run,
    delete_old_runs,
    discard_run,
    fail_run,
    fail_silent_run,
    finish_run,
    hand_on,
    keep_run,
    note_progress,
    publish_by_policy,
    publish_run,
    set_plan_policy,
    start_run,
)
from anjia.dispatch.commands.telling import take_telling
from anjia.dispatch.commands.travel import keep_doors, keep_paces, keep_travel_times, note_roads_server
from anjia.dispatch.commands.whatif import (
    begin_estimate,
    fail_estimate,
    finish_estimate,
    hand_on_estimate,
    note_estimate,
    start_estimate,
)
from anjia.dispatch.commands.zones import (
    collect_zones,
    finish_zone,
    keep_zone,
    let_go_of_zone,
    note_zones,
    put_zones,
    take_zone,
)

__all__ = [
    "accept_offer",
    "assign_by_hand",
    "begin_estimate",
    "begin_run",
    "call_off_all",
    "cancel_booking",
    "change_day",
    "collect_zones",
    "confirm_hold",
    "decline_offer",
    "delete_old_runs",
    "discard_run",
    "fail_estimate",
    "fail_run",
    "fail_silent_run",
    "find_somebody_else",
    "finish_estimate",
    "finish_run",
    "finish_zone",
    "hand_on",
    "hand_on_estimate",
    "hold_slot",
    "keep_doors",
    "keep_paces",
    "keep_run",
    "keep_travel_times",
    "keep_zone",
    "let_go_of_zone",
    "move_booking",
    "note_estimate",
    "note_progress",
    "note_roads_server",
    "note_zones",
    "offer_visit",
    "publish_by_policy",
    "publish_run",
    "put_zones",
    "release_hold",
    "remove_laboratory",
    "set_laboratory",
    "set_plan_policy",
    "start_estimate",
    "start_run",
    "take_telling",
    "take_turns",
    "take_zone",
    "undo_change",
    "withdraw_open_offers",
]
