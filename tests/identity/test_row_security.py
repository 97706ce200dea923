"""What the database itself keeps apart, whatever the code above it forgets."""

from typing import Any

import pytest
from argon2 import PasswordHasher
from django.db import ProgrammingError, connection

from anjia.identity import commands, proofs
from anjia.identity.models import Account, Role
from anjia.kernel.actors import Actor, system
from anjia.kernel.work import acting
from tests.identity import make
from tests.make import NOON

pytestmark = pytest.mark.usefixtures("database")

TABLES = {
    "identity_organization": "id",
    "identity_account": "organization_id",
    "identity_membership": "house_id",
    "identity_session": "organization_id",
}
SIGN_IN = ["identity_signincode", "identity_signinchoice", "identity_scanticket", "identity_attempt"]


def count(actor: Actor, sql: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize(("table", "column"), TABLES.items())
def test_a_house_sees_its_own_rows_and_none_of_anothers(table: str, column: str) -> None:
    house, other = make.house(), make.house()
    for one in (house, other):
        make.session(make.staff(one))
    chief = make.administrator(house)
    own, of = (
        f"SELECT count(*) FROM {table} WHERE {column} = %s",
        f"SELECT count(*) FROM {table} WHERE {column} <> %s",
    )

    assert acting(chief, NOON).ask(count, own, house.id) >= 1
    assert acting(chief, NOON).ask(count, of, house.id) == 0
    assert count(chief, own, house.id) == 0  # outside a unit of work nobody looks


@pytest.mark.parametrize("table", ["identity_account", "identity_session", "identity_membership"])
def test_a_person_sees_only_herself(table: str) -> None:
    house = make.house()
    make.session(make.staff(house))
    make.session(make.person(house))
    account = make.person(house)
    make.session(account)
    column = "id" if table == "identity_account" else "account_id"

    others = f"SELECT count(*) FROM {table} WHERE {column} <> %s"

    assert acting(make.actor_of(account), NOON).ask(count, others, account.id) == 0


@pytest.mark.parametrize("table", SIGN_IN)
def test_what_lies_before_signing_in_only_the_system_sees(table: str) -> None:
    number = make.phone()
    house = make.house()
    for name in ("张桂芳", "陈志明"):
        make.person(house, name=name, phone=number)
    make.try_code(number, make.code_for(number).code)
    acting(system(), NOON).do(commands.show_scan_ticket)
    rows = f"SELECT count(*) FROM {table}"

    assert acting(system(), NOON).ask(count, rows) >= 1
    assert acting(make.administrator(house), NOON).ask(count, rows) == 0
    assert acting(system(house.id), NOON).ask(count, rows) == 0


def test_whoever_has_acted_here_is_known_here_by_name() -> None:
    operator = make.house(kind="operator")
    chief = make.administrator(operator)
    below = acting(chief, NOON).do(
        commands.add_organization, parent_id=operator.id, kind="institution", name="城北"
    )
    account = make.staff(operator, role_code="manager")
    local = make.administrator(below)
    rows = "SELECT count(*) FROM identity_account WHERE id = %s"

    before = acting(local, NOON).ask(count, rows, account.id)
    make.session(account, organization_id=below.id)

    assert before == 0
    assert acting(local, NOON).ask(count, rows, account.id) == 1


def test_nobody_writes_an_account_into_another_house() -> None:
    chief, other = make.administrator(make.house()), make.house()

    def slip_in(actor: Actor) -> None:
        Account.objects.create(organization_id=other.id, kind="person", name="张桂芳", opened_at=NOON)

    with pytest.raises(ProgrammingError, match="row-level security"):
        acting(chief, NOON).ask(slip_in)


def test_a_person_writes_no_staff_account() -> None:
    person = make.actor_of(make.person(make.house()))

    def slip_in(actor: Actor) -> None:
        Account.objects.create(
            organization_id=actor.organization_id,
            kind="staff",
            login=f"x{make.phone()}",
            name="x",
            opened_at=NOON,
        )

    with pytest.raises(ProgrammingError, match="row-level security"):
        acting(person, NOON).ask(slip_in)


def test_nobody_changes_the_default_roles() -> None:
    chief = make.administrator(make.house())

    def change(actor: Actor) -> int:
        return Role.objects.filter(organization=None).update(permissions=["identity.manage"])

    assert acting(chief, NOON).ask(change) == 0


def test_the_default_roles_are_those_of_the_table() -> None:
    from anjia.identity.roles import DEFAULT_ROLES  # noqa: PLC0415  # here alone

    def read(actor: Actor) -> dict[str, frozenset[str]]:
        return {role.code: frozenset(role.permissions) for role in Role.objects.filter(organization=None)}

    assert acting(system(), NOON).ask(read) == {
        code: role.permissions for code, role in DEFAULT_ROLES.items()
    }


def test_finding_who_is_there_leaves_nobody_with_the_systems_eyes() -> None:
    house = make.house()
    person = make.actor_of(make.person(house), "identity.open_account")
    other = make.person(house)

    def open_and_look(actor: Actor) -> int:
        commands.open_account(actor, NOON, kind="person", name=other.name, phone=other.phone)
        return count(actor, "SELECT count(*) FROM identity_account WHERE id <> %s", actor.user_id)

    assert acting(person, NOON).ask(open_and_look) == 0


def test_secrets_are_not_kept_in_clear(slow_hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "HASHER", slow_hasher)
    account = make.person(make.house())
    staff = make.staff(make.house())

    def read(actor: Actor) -> str:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT phone, totp_secret, password_hash FROM identity_account WHERE id = ANY(%s)",
                [[account.id, staff.id]],
            )
            return repr(
                [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()]
            )

    kept = acting(system(), NOON).ask(read)
    assert account.phone
    assert account.phone not in kept
    assert make.SECRET not in kept
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in kept
