"""What people can do with those who work here, by topic. One function, one unit of work, one audit entry, one event."""

from anjia.workforce.commands.breaks import put_break, remove_break
from anjia.workforce.commands.certificates import certify
from anjia.workforce.commands.institution import (
    add_institution_paper,
    take_back_institution_paper,
    verify_institution_paper,
)
from anjia.workforce.commands.leave import (
    ask_leave,
    be_away,
    grant_leave,
    put_leave,
    refuse_leave,
    withdraw_leave,
)
from anjia.workforce.commands.lists import register_staff_list
from anjia.workforce.commands.papers import (
    add_qualification,
    attach_scan,
    take_back_qualification,
    verify_qualification,
)
from anjia.workforce.commands.policies import (
    Whom,
    add_group_policy,
    cover_more,
    end_cover,
    take_back_group_policy,
    verify_group_policy,
)
from anjia.workforce.commands.rota import (
    generate_shifts,
    put_shift,
    put_standby,
    remove_shift,
    set_standby,
    set_weekly_pattern,
    settle_holiday_shifts,
    settle_swapped_day,
)
from anjia.workforce.commands.staff import (
    change_staff_member,
    link_account,
    lock_out,
    register_staff_member,
    set_area,
    set_last_day,
)

__all__ = [
    "Whom",
    "add_group_policy",
    "add_institution_paper",
    "add_qualification",
    "ask_leave",
    "attach_scan",
    "be_away",
    "certify",
    "change_staff_member",
    "cover_more",
    "end_cover",
    "generate_shifts",
    "grant_leave",
    "link_account",
    "lock_out",
    "put_break",
    "put_leave",
    "put_shift",
    "put_standby",
    "refuse_leave",
    "register_staff_list",
    "register_staff_member",
    "remove_break",
    "remove_shift",
    "set_area",
    "set_last_day",
    "set_standby",
    "set_weekly_pattern",
    "settle_holiday_shifts",
    "settle_swapped_day",
    "take_back_group_policy",
    "take_back_institution_paper",
    "take_back_qualification",
    "verify_group_policy",
    "verify_institution_paper",
    "verify_qualification",
    "withdraw_leave",
]
