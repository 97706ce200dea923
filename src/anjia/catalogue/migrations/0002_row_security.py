from django.db import migrations

from anjia.kernel.row_security import append_only, grant, show_to_own_organization


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="catalogue_service"),
        show_to_own_organization("catalogue_service"),
        grant("SELECT, INSERT", on="catalogue_serviceversion"),
        show_to_own_organization("catalogue_serviceversion"),
        append_only("catalogue_serviceversion"),
    ]
