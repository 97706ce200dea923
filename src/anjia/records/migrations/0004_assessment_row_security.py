from django.db import migrations

from anjia.kernel.row_security import append_only, grant, show_to_own_people


class Migration(migrations.Migration):
    dependencies = [("records", "0003_assessment"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT", on="records_assessment"),
        show_to_own_people("records_assessment"),
        append_only("records_assessment"),
    ]
