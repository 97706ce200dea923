"""Questions about times, candidates and offers, by topic. Nothing here writes."""

from anjia.dispatch.queries.breaks import BreakShown, breaks_on, my_breaks
from anjia.dispatch.queries.candidates import suitability
from anjia.dispatch.queries.changes import ChangePage, change_page, last_change, visits_of_change
from anjia.dispatch.queries.deliveries import DeliveryShown, deliveries_on, my_deliveries
from anjia.dispatch.queries.expecting import Expected, OnTheWay, expected_today, on_the_way
from anjia.dispatch.queries.hearing import contact_of, house_of, household_of
from anjia.dispatch.queries.laboratory import SiteSaid, Unsaid, laboratory_said, services_without_minutes
from anjia.dispatch.queries.offers import is_still_offered, offers_for, offers_of, overdue_offers
from anjia.dispatch.queries.paces import PaceKnown, paces_known
from anjia.dispatch.queries.pages import (
    assigning_page,
    booking_page,
    heed_of,
    moving_page,
    visit_and_resident,
)
from anjia.dispatch.queries.places import places_for, why_others_come
from anjia.dispatch.queries.plans import PlanPage, plan_page, silent_runs, waiting_runs, was_planned
from anjia.dispatch.queries.slots import slots_for
from anjia.dispatch.queries.specimens import SpecimenDue, houses_to_ask, late_specimens, specimen_of
from anjia.dispatch.queries.standing import RepairPage, TryPage, repair_page, try_page
from anjia.dispatch.queries.standing_in import AllPage, all_page, stand_ins_for
from anjia.dispatch.queries.telling import Teller, Telling, tellers, telling_of
from anjia.dispatch.queries.travel import (
    Roads,
    SilentRoads,
    ToAsk,
    roads_known,
    roads_to_ask,
    silent_roads,
    trips_made,
)
from anjia.dispatch.queries.whatif import WhatIf, silent_estimates, waiting_estimates, what_if
from anjia.dispatch.shapes import (
    Answered,
    Booked,
    Candidate,
    Caregiver,
    Day,
    Hold,
    OfferCard,
    OfferRow,
    Place,
    ServiceHeld,
    Slot,
    Slots,
)
from anjia.dispatch.standing_in import Instead

__all__ = [
    "AllPage",
    "Answered",
    "Booked",
    "BreakShown",
    "Candidate",
    "Caregiver",
    "ChangePage",
    "Day",
    "DeliveryShown",
    "Expected",
    "Hold",
    "Instead",
    "OfferCard",
    "OfferRow",
    "OnTheWay",
    "PaceKnown",
    "Place",
    "PlanPage",
    "RepairPage",
    "Roads",
    "ServiceHeld",
    "SilentRoads",
    "SiteSaid",
    "Slot",
    "Slots",
    "SpecimenDue",
    "Teller",
    "Telling",
    "ToAsk",
    "TryPage",
    "Unsaid",
    "WhatIf",
    "all_page",
    "assigning_page",
    "booking_page",
    "breaks_on",
    "change_page",
    "contact_of",
    "deliveries_on",
    "expected_today",
    "heed_of",
    "house_of",
    "household_of",
    "houses_to_ask",
    "is_still_offered",
    "laboratory_said",
    "last_change",
    "late_specimens",
    "moving_page",
    "my_breaks",
    "my_deliveries",
    "offers_for",
    "offers_of",
    "on_the_way",
    "overdue_offers",
    "paces_known",
    "places_for",
    "plan_page",
    "repair_page",
    "roads_known",
    "roads_to_ask",
    "services_without_minutes",
    "silent_estimates",
    "silent_roads",
    "silent_runs",
    "slots_for",
    "specimen_of",
    "stand_ins_for",
    "suitability",
    "tellers",
    "telling_of",
    "trips_made",
    "try_page",
    "visit_and_resident",
    "visits_of_change",
    "waiting_estimates",
    "waiting_runs",
    "was_planned",
    "what_if",
    "why_others_come",
]
