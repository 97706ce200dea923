from django.db import migrations

from anjia.kernel.row_security import grant, show_to_own_organization


class Migration(migrations.Migration):
    dependencies = [("workforce", "0014_daily_break"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="workforce_dailybreak"),
        show_to_own_organization("workforce_dailybreak"),
    ]
