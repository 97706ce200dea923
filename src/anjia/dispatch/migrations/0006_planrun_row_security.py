from django.db import migrations

from anjia.kernel.row_security import OWN_ORGANIZATION, STAFF, grant, show_to_system, show_where


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0005_planrun"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="dispatch_planrun"),
        # A draft names whose visits are moved: it is for staff, and no person's.
        show_where("dispatch_planrun", "own_staff", f"{OWN_ORGANIZATION} AND {STAFF}"),
        # Runs that wait, and those that have been killed, are looked for in nobody's name.
        show_to_system("dispatch_planrun"),
    ]
