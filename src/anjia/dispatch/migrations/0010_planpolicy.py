from django.db import migrations, models

import anjia.kernel.ids
from anjia.kernel.row_security import OWN_ORGANIZATION, STAFF, grant, show_where


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0009_planrun_tidied"), ("kernel", "0002_row_security")]

    operations = [
        migrations.CreateModel(
            name="PlanPolicy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anjia.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organization_id", models.UUIDField(unique=True)),
                ("publishes_by_night", models.BooleanField(default=False)),
                ("set_by", models.UUIDField()),
                ("set_at", models.DateTimeField()),
            ],
        ),
        grant("SELECT, INSERT, UPDATE", on="dispatch_planpolicy"),
        show_where("dispatch_planpolicy", "own_staff", f"{OWN_ORGANIZATION} AND {STAFF}"),
    ]
