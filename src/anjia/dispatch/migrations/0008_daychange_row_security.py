from django.db import migrations

from anjia.kernel.row_security import OWN_ORGANIZATION, STAFF, grant, show_where


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0007_daychange"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="dispatch_daychange"),
        # It names whose visits were moved: it is for staff, and no person's.
        show_where("dispatch_daychange", "own_staff", f"{OWN_ORGANIZATION} AND {STAFF}"),
    ]
