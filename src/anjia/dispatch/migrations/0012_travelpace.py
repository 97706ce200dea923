import django.contrib.postgres.fields
from django.db import migrations, models

import anjia.kernel.ids
from anjia.kernel.row_security import grant, show_to_own_organization


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0011_laboratoryplace"), ("kernel", "0002_row_security")]

    operations = [
        migrations.CreateModel(
            name="TravelPace",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anjia.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organization_id", models.UUIDField()),
                ("mode", models.CharField(max_length=10)),
                ("basis", models.CharField(choices=[("line", "LINE"), ("roads", "ROADS")], max_length=10)),
                (
                    "factors",
                    django.contrib.postgres.fields.ArrayField(base_field=models.FloatField(), size=24),
                ),
                ("trips", models.PositiveIntegerField()),
                ("people", models.PositiveIntegerField()),
                (
                    "trips_by_hour",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveIntegerField(), size=24
                    ),
                ),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("until_at", None)),
                        fields=("organization_id", "mode", "basis"),
                        name="travel_pace_one_at_a_time",
                    )
                ],
            },
        ),
        grant("SELECT, INSERT, UPDATE", on="dispatch_travelpace"),
        show_to_own_organization("dispatch_travelpace"),
    ]
