from django.db import migrations, models

import anjia.kernel.fields
import anjia.kernel.ids


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0014_laboratory_sites")]

    operations = [
        migrations.CreateModel(
            name="Estimate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anjia.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organization_id", models.UUIDField()),
                ("like", models.UUIDField()),
                ("area", models.CharField(blank=True, default="", max_length=36)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "QUEUED"),
                            ("running", "RUNNING"),
                            ("done", "DONE"),
                            ("failed", "FAILED"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("asked_by", models.UUIDField()),
                ("asked_at", models.DateTimeField()),
                ("heard_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("progress", models.PositiveSmallIntegerField(default=0)),
                ("result", anjia.kernel.fields.EncryptedJSON(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["organization_id"],
                        condition=models.Q(("state__in", ["queued", "running"])),
                        name="estimate_one_at_work",
                    )
                ],
                "indexes": [
                    models.Index(fields=["organization_id", "-asked_at"], name="estimate_by_time")
                ],
            },
        ),
    ]
