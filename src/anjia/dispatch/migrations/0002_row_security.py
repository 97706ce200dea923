from django.db import migrations

from anjia.kernel.row_security import grant, show_to_own_organization, show_to_system


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="dispatch_offer"),
        show_to_own_organization("dispatch_offer"),
        # Offers that nobody answered in time are looked for in nobody's name.
        show_to_system("dispatch_offer"),
    ]
