"""
What each role may do: the default roles, written to the database whenever it is migrated.

An institution may have roles of its own beside them, or in their place, which nobody else changes. Whoever adds a
permission to a context adds it here, and its words to `permissions.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

RESIDENTS = frozenset({"residents.read", "residents.register", "residents.change", "residents.reveal"})
# For persons; staff accounts need identity.manage.
OPENS_ACCOUNTS = frozenset({"identity.open_account"})
KEEPS_ACCOUNTS = OPENS_ACCOUNTS | {"identity.change_account"}
SCREENS = frozenset({"enrolment.read", "enrolment.screen", "enrolment.answer"})

OWN = (
    frozenset(
        {
            "identity.own_account",
            "residents.read",
            "residents.add_address",
            "residents.grant",
            "residents.consent",
            "catalogue.read",
            "visits.read",
            "visits.book",
            "visits.cancel",
            "dispatch.read",
            "dispatch.book",
            "records.read",
            "orders.read",
            "messaging.read",
            "quality.rate",
            "quality.raise",
            "emergencies.call",
            "files.store",
            "enrolment.answer",
        }
    )
    | OPENS_ACCOUNTS
)
FIELD = frozenset(
    {
        "residents.read",
        "workforce.read",
        "workforce.ask_leave",
        "catalogue.read",
        "visits.record",
        "visits.accept",
        "supplies.carry",
        "learning.learn",
        "workforce.earn",
        "dispatch.read",
        "dispatch.accept",
        "records.read",
        "records.write",
        "orders.read",
        "orders.enter",
        "messaging.read",
        "quality.raise",
        "quality.mine",
        "emergencies.sos",
        "files.store",
    }
)
DESK = (
    RESIDENTS
    | KEEPS_ACCOUNTS
    | SCREENS
    | frozenset(
        {
            "residents.add_address",
            "residents.grant",
            "residents.consent",
            "orders.enter",
            "workforce.read",
            "catalogue.read",
            "visits.read",
            "visits.book",
            "visits.cancel",
            "dispatch.read",
            "dispatch.book",
            "messaging.read",
            "messaging.send",
            "messaging.call",
            "quality.rate",
            "quality.raise",
            "quality.call_back",
            "transitions.read",
            "transitions.receive",
            "files.store",
            "desk.bookings",
            "emergencies.take",
            "exceptions.report",
            "exceptions.handle",
        }
    )
)
DISPATCH = frozenset(
    {
        "dispatch.assign",
        "dispatch.offer",
        "visits.assign",
        "visits.settle",
        "workforce.standby",
        "emergencies.supervise",
    }
)
# Running a house is no care: who does reads no health record, unless she holds a role that gives care beside it.
MANAGE = (
    DESK
    | DISPATCH
    | frozenset(
        {
            "workforce.change",
            "workforce.confirm",
            "workforce.ask_leave",
            "enrolment.confirm",
            "enrolment.manage",
            "catalogue.draft",
            "catalogue.change",
            "catalogue.publish_own",
            "supplies.read",
            "supplies.keep",
            "learning.read",
            "learning.write",
            "learning.manage",
            "workforce.earn",
            "quality.read",
            "quality.manage",
            "imports.run",
            "audit.read",
            "board.read",
            "emergencies.set",
            "exceptions.lead",
        }
    )
)


@dataclass(frozen=True, slots=True)
class DefaultRole:
    name: str
    name_en: str
    permissions: frozenset[str]


DEFAULT_ROLES: Final[Mapping[str, DefaultRole]] = {
    "resident": DefaultRole("居民", "Resident", OWN),
    "family": DefaultRole("家人", "Family", OWN),
    "nurse": DefaultRole("护士", "Nurse", FIELD),
    "family_doctor": DefaultRole(
        "家庭医生",
        "Family doctor",
        FIELD
        | {
            "residents.register",
            "residents.reveal",  # whose value is critical she rings at once
            "visits.read",
            "visits.book",
            "dispatch.book",
            "board.read",
            "exceptions.report",
            "exceptions.handle",
            "desk.worklist",
            "quality.call_back",
            "records.set_target",
            "orders.confirm",
        },
    ),
    "health_worker": DefaultRole(
        "健康管理员",
        "Health worker",
        FIELD | RESIDENTS | KEEPS_ACCOUNTS | SCREENS | {"residents.grant", "residents.consent"},
    ),
    "dispatcher": DefaultRole(
        "调度员",
        "Dispatcher",
        DESK
        | DISPATCH
        | {"board.read", "workforce.confirm", "supplies.read", "supplies.keep", "emergencies.readings"},
    ),
    "service_desk": DefaultRole("服务台", "Service desk", DESK | {"board.read", "emergencies.readings"}),
    "ward_nurse": DefaultRole(
        "病区护士",
        "Ward nurse",
        frozenset({"transitions.read", "transitions.refer", "catalogue.read", "files.store"}),
    ),
    "quality_manager": DefaultRole(
        "质量管理员",
        "Quality manager",
        frozenset(
            {
                "residents.read",
                "workforce.read",
                "workforce.confirm",
                "enrolment.read",
                "enrolment.confirm",
                "catalogue.read",
                "catalogue.draft",
                "supplies.read",
                "learning.read",
                "learning.write",
                "learning.manage",
                "workforce.earn",
                "visits.read",
                "visits.settle",
                "dispatch.read",
                "records.read",
                "messaging.read",
                "quality.read",
                "quality.raise",
                "quality.call_back",
                "quality.manage",
                "audit.read",
                "board.read",
                "exceptions.handle",
            }
        ),
    ),
    "manager": DefaultRole("机构负责人", "Manager", MANAGE),
    "administrator": DefaultRole("管理员", "Administrator", MANAGE | {"identity.manage"}),
}


def permissions_of(*role_codes: str) -> frozenset[str]:
    """Return what the default roles of these codes may do together."""
    return frozenset().union(*(DEFAULT_ROLES[code].permissions for code in role_codes))


# What persons may do is no house's to choose: docs/decisions/0010 says why.
FOR_PERSONS: Final = frozenset({"resident", "family"})
# What a role for staff can hold: an institution chooses from it for roles of its own.
FOR_STAFF: Final = permissions_of(*(DEFAULT_ROLES.keys() - FOR_PERSONS))
