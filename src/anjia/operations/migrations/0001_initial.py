import anjia.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Minute",
            fields=[
                ("at", models.DateTimeField(primary_key=True, serialize=False)),
                ("is_up", models.BooleanField()),
                ("milliseconds", models.PositiveIntegerField()),
                ("failed", models.CharField(default="", max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name="IncidentCause",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anjia.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("minute", models.DateTimeField()),
                ("words", models.CharField(max_length=300)),
                ("said_at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["minute", "said_at"], name="cause_by_minute")]},
        ),
    ]
