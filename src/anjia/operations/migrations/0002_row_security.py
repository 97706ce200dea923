from django.db import migrations

from anjia.kernel.row_security import append_only, grant, show_to_system


class Migration(migrations.Migration):
    dependencies = [("operations", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, DELETE", on="operations_minute"),
        show_to_system("operations_minute"),
        grant("SELECT, INSERT", on="operations_incidentcause"),
        show_to_system("operations_incidentcause"),
        append_only("operations_incidentcause"),
    ]
