from django.db import migrations

from anjia.kernel.row_security import append_only, grant, show_to_own_people


class Migration(migrations.Migration):
    dependencies = [("visits", "0014_because")]

    operations = [
        grant("SELECT, INSERT", on="visits_because"),
        show_to_own_people("visits_because"),
        append_only("visits_because"),
    ]
