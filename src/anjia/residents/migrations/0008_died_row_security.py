from django.db import migrations

from anjia.kernel.row_security import OWN_ORGANIZATION, STAFF, grant, show_where


class Migration(migrations.Migration):
    dependencies = [("residents", "0007_died")]

    operations = [
        grant(
            "SELECT, INSERT, UPDATE (confirmed_at, confirmed_by, taken_back_at, taken_back_by, why)",
            on="residents_death",
        ),
        # Who says so is for the house: her family is told, and reads no paper of somebody else's.
        show_where("residents_death", "own_staff", f"{OWN_ORGANIZATION} AND {STAFF}"),
    ]
