from django.db import migrations, models

import anjia.kernel.fields
import anjia.kernel.ids
from anjia.kernel.row_security import OWN_ORGANIZATION, STAFF, grant, show_where


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0012_travelpace"), ("kernel", "0002_row_security")]

    operations = [
        migrations.AddField(
            model_name="planrun", name="zones", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.AddField(
            model_name="planrun", name="zones_done", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.CreateModel(
            name="PlanZone",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anjia.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organization_id", models.UUIDField()),
                ("run_id", models.UUIDField()),
                ("turn", models.PositiveSmallIntegerField()),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "WAITING"), ("taken", "TAKEN"), ("done", "DONE")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("taken_by", models.UUIDField(null=True)),
                ("heard_at", models.DateTimeField(null=True)),
                ("refusals", models.PositiveSmallIntegerField(default=0)),
                ("asked", anjia.kernel.fields.EncryptedJSON()),
                ("plan", anjia.kernel.fields.EncryptedJSON(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["run_id", "turn", "number"], name="plan_zone_once")
                ],
            },
        ),
        grant("SELECT, INSERT, UPDATE, DELETE", on="dispatch_planzone"),
        # It says where people live and who goes there: it is for staff, and no person's.
        show_where("dispatch_planzone", "own_staff", f"{OWN_ORGANIZATION} AND {STAFF}"),
    ]
