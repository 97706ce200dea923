"""Identity's verbs, by topic."""

from anjia.identity.commands.codes import (
    choose_account,
    mark_code_sent,
    request_code,
    sign_in_by_code,
)
from anjia.identity.commands.organizations import (
    add_organization,
    change_organization,
    found_institution,
    set_up,
)
from anjia.identity.commands.people import (
    change_account,
    change_language,
    close_account,
    give_role,
    hire,
    open_account,
    reset_sign_in,
    take_all_roles,
    take_role,
)
from anjia.identity.commands.roles import add_role, change_role
from anjia.identity.commands.scanning import confirm_scan, enter_by_scan, show_scan_ticket
from anjia.identity.commands.sessions import (
    end_session,
    end_sessions_of,
    lock_session,
    note_use,
    start_session,
    switch_organization,
    unlock_session,
)
from anjia.identity.commands.staff import confirm_totp, set_password, sign_in_staff, start_totp
from anjia.identity.commands.tries import count_try, forget_old_tries
from anjia.identity.commands.wechat import bind_wechat, sign_in_by_wechat, unbind_wechat

__all__ = [
    "add_organization",
    "add_role",
    "bind_wechat",
    "change_account",
    "change_language",
    "change_organization",
    "change_role",
    "choose_account",
    "close_account",
    "confirm_scan",
    "confirm_totp",
    "count_try",
    "end_session",
    "end_sessions_of",
    "enter_by_scan",
    "forget_old_tries",
    "found_institution",
    "give_role",
    "hire",
    "lock_session",
    "mark_code_sent",
    "note_use",
    "open_account",
    "request_code",
    "reset_sign_in",
    "set_password",
    "set_up",
    "show_scan_ticket",
    "sign_in_by_code",
    "sign_in_by_wechat",
    "sign_in_staff",
    "start_session",
    "start_totp",
    "switch_organization",
    "take_all_roles",
    "take_role",
    "unbind_wechat",
    "unlock_session",
]
