from django.db import migrations

from anjia.kernel.row_security import (
    append_only,
    grant,
    show_to_own_account,
    show_to_own_people,
    show_to_system,
)

# What is written of a resident once, corrected, or crossed out.
CHANGED = ["resident", "address", "relatedperson", "activationslip"]
REPLACED = ["residenttoken", "phone"]


class Migration(migrations.Migration):
    dependencies = [("residents", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        *(grant("SELECT, INSERT, UPDATE", on=f"residents_{table}") for table in CHANGED),
        *(grant("SELECT, INSERT, UPDATE, DELETE", on=f"residents_{table}") for table in REPLACED),
        grant("DELETE", on="residents_relatedperson"),
        grant(
            "SELECT, INSERT, UPDATE (witness_id, witnessed_at, withdrawn_at, withdrawn_by)", on="residents_grant"
        ),
        grant("SELECT, INSERT", on="residents_consent"),
        append_only("residents_consent"),
        #
        show_to_own_people("residents_resident", column="id"),
        *(
            show_to_own_people(f"residents_{table}")
            for table in [*CHANGED, *REPLACED, "grant", "consent"]
            if table != "resident"
        ),
        # Each request of a person begins with: for whom may this account act? It is asked by the system in
        # nobody's name, before it is known in whose organization the person acts; a slip is found the same way.
        show_to_own_account("residents_grant"),
        show_to_system("residents_grant"),
        show_to_system("residents_resident"),
        show_to_system("residents_activationslip"),
    ]
