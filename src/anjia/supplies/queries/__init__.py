"""Questions about supplies. Nothing here writes."""

from anjia.supplies.queries.bag import bag_of, bags, own_bag, store_for
from anjia.supplies.queries.stock import (
    aside_at,
    count_sheet,
    get_item,
    item_place_lots,
    ledger,
    shortfalls,
    stock_at,
    stores,
    warnings_at,
)
from anjia.supplies.queries.waste import WasteLine, own_waste, stored_waste, waste_line, waste_register
from anjia.supplies.showing import Bag, BagLine, ItemLine, LedgerLine, LotLine, Shortfalls, Warnings

__all__ = [
    "Bag",
    "BagLine",
    "ItemLine",
    "LedgerLine",
    "LotLine",
    "Shortfalls",
    "Warnings",
    "WasteLine",
    "aside_at",
    "bag_of",
    "bags",
    "count_sheet",
    "get_item",
    "item_place_lots",
    "ledger",
    "own_bag",
    "own_waste",
    "shortfalls",
    "stock_at",
    "store_for",
    "stored_waste",
    "stores",
    "warnings_at",
    "waste_line",
    "waste_register",
]
