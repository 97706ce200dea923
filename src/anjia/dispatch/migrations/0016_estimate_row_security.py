from django.db import migrations

from anjia.kernel.row_security import OWN_ORGANIZATION, STAFF, grant, show_to_system, show_where


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0015_estimate"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="dispatch_estimate"),
        # It names visits: it is for staff, and no person's.
        show_where("dispatch_estimate", "own_staff", f"{OWN_ORGANIZATION} AND {STAFF}"),
        # Those that wait, and those whose worker has died, are looked for in nobody's name.
        show_to_system("dispatch_estimate"),
    ]
