from django.db import migrations, models

import anjia.kernel.ids


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0006_planrun_row_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="DayChange",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anjia.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organization_id", models.UUIDField()),
                ("day", models.DateField()),
                ("made_by", models.UUIDField()),
                ("made_at", models.DateTimeField()),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization_id", "made_by", "-made_at"], name="day_change_by_who")
                ],
            },
        ),
    ]
