"""What can be done about residents. One function, one unit of work, one audit entry, one event."""

from anjia.residents.commands.access import keep_access, set_access
from anjia.residents.commands.consent import enter_consent, give_consent, withdraw_consent
from anjia.residents.commands.deaths import confirm_death, enter_death, take_death_back
from anjia.residents.commands.family import (
    enter_paper,
    grant_access,
    grant_on_paper,
    withdraw_grant,
    witness_grant,
)
from anjia.residents.commands.numbers import ask_for_number, confirm_number, drop_number
from anjia.residents.commands.register import (
    add_address,
    change_resident,
    register_resident,
    register_residents,
    replace_card,
    reveal,
)
from anjia.residents.commands.slips import (
    make_activation_slip,
    make_activation_slips,
    redeem_activation,
)

__all__ = [
    "add_address",
    "ask_for_number",
    "change_resident",
    "confirm_death",
    "confirm_number",
    "drop_number",
    "enter_consent",
    "enter_death",
    "enter_paper",
    "give_consent",
    "grant_access",
    "grant_on_paper",
    "keep_access",
    "make_activation_slip",
    "make_activation_slips",
    "redeem_activation",
    "register_resident",
    "register_residents",
    "replace_card",
    "reveal",
    "set_access",
    "take_death_back",
    "withdraw_consent",
    "withdraw_grant",
    "witness_grant",
]
