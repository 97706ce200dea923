from django.db import migrations

from anjia.kernel.row_security import grant, show_to_own_organization


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0003_travel_time"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="dispatch_traveltime"),
        show_to_own_organization("dispatch_traveltime"),
    ]
