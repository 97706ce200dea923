from django.db import migrations

from anjia.kernel.row_security import grant, show_to_own_people, show_to_system


class Migration(migrations.Migration):
    dependencies = [("series", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="series_series"),
        show_to_own_people("series_series"),
        # Series of which something is to be booked are looked for in nobody's name.
        show_to_system("series_series"),
        grant("SELECT, INSERT, UPDATE", on="series_occurrence"),
        show_to_own_people("series_occurrence"),
    ]
