from django.db import migrations

from anjia.kernel.row_security import grant, show_to_own_organization, show_to_system

WRITTEN = ("staffmember", "qualification", "weeklypattern", "shift", "leave", "servicearea")


class Migration(migrations.Migration):
    dependencies = [("workforce", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        *(grant("SELECT, INSERT, UPDATE", on=f"workforce_{table}") for table in WRITTEN),
        grant("SELECT, INSERT, DELETE", on="workforce_stafftoken"),
        *(show_to_own_organization(f"workforce_{table}") for table in (*WRITTEN, "stafftoken")),
        show_to_system("workforce_staffmember"),
    ]
