"""
Supplies: what lies at a station and in a nurse's bag, lot by lot; what was used at a visit; bag checks; medical waste.

Owns Item, Lot, Entry (the ledger), Shortfall, BagCheck, WasteBag and WasteStep. Which things a service takes is said by
`catalogue`; that something was used or thrown away, by a fact from the field (`visits`).
"""
