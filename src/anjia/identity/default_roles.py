"""The default roles' way into the database, by the only one who may write them: its owner, migrating."""

from django.db import connections

from anjia.identity.roles import DEFAULT_ROLES
from anjia.kernel.ids import new_id


def write(using: str) -> None:
    """
    Write every default role as roles.py has it now: new permissions reach every house that has not changed the role.

    What a house has in its place is a row of the house's, and stays. Roles that are gone from roles.py stay too, for
    who holds them.
    """
    connection = connections[using]
    if "identity_role" not in connection.introspection.table_names():
        return  # migrating backwards
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('anjia.system', 'on', false)")
        for code, role in DEFAULT_ROLES.items():
            cursor.execute(
                "INSERT INTO identity_role"
                " (id, organization_id, code, name, name_en, permissions, in_place_of, release_had)"
                " VALUES (%s, NULL, %s, %s, %s, %s, '', '{}') ON CONFLICT (organization_id, code)"
                " DO UPDATE SET name = excluded.name, name_en = excluded.name_en,"
                " permissions = excluded.permissions",
                [new_id(), code, role.name, role.name_en, sorted(role.permissions)],
            )
        cursor.execute("SELECT set_config('anjia.system', '', false)")
