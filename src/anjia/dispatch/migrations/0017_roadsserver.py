from django.db import migrations, models

import anjia.kernel.ids
from anjia.kernel.row_security import grant, show_to_own_organization


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0016_estimate_row_security"), ("kernel", "0002_row_security")]

    operations = [
        migrations.CreateModel(
            name="RoadsServer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anjia.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organization_id", models.UUIDField()),
                (
                    "profile",
                    models.CharField(
                        choices=[("foot", "FOOT"), ("bicycle", "BICYCLE"), ("car", "CAR")], max_length=10
                    ),
                ),
                ("heard_at", models.DateTimeField(null=True)),
                ("silent_since", models.DateTimeField(null=True)),
                ("said", models.CharField(blank=True, default="", max_length=60)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization_id", "profile"), name="roads_server_once"
                    )
                ]
            },
        ),
        grant("SELECT, INSERT, UPDATE", on="dispatch_roadsserver"),
        show_to_own_organization("dispatch_roadsserver"),
    ]
