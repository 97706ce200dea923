from django.db import migrations

from anjia.kernel.row_security import grant, show_to_own_organization


class Migration(migrations.Migration):
    dependencies = [("workforce", "0011_group_policy"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="workforce_grouppolicy"),
        show_to_own_organization("workforce_grouppolicy"),
    ]
