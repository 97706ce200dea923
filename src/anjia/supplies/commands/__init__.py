"""What people can do with supplies. One function, one unit of work, one audit entry."""

from anjia.supplies.commands.bags import check_bag, give_back, hand_out, set_aside_from_bag
from anjia.supplies.commands.items import add_item, change_item, take_items_of_services
from anjia.supplies.commands.stock import correct, count_stock, dispose, receive, set_aside
from anjia.supplies.commands.use import record_use, settle_shortfall
from anjia.supplies.commands.waste import (
    correct_seal,
    correct_waste,
    hand_waste_over,
    record_waste,
    send_waste_away,
    take_waste_in,
)

__all__ = [
    "add_item",
    "change_item",
    "check_bag",
    "correct",
    "correct_seal",
    "correct_waste",
    "count_stock",
    "dispose",
    "give_back",
    "hand_out",
    "hand_waste_over",
    "receive",
    "record_use",
    "record_waste",
    "send_waste_away",
    "set_aside",
    "set_aside_from_bag",
    "settle_shortfall",
    "take_items_of_services",
    "take_waste_in",
]
