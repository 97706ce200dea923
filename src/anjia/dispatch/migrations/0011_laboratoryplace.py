from django.db import migrations, models

import anjia.kernel.ids
from anjia.kernel.row_security import grant, show_to_own_organization


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0010_planpolicy"), ("kernel", "0002_row_security")]

    operations = [
        migrations.CreateModel(
            name="LaboratoryPlace",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anjia.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organization_id", models.UUIDField(unique=True)),
                ("name", models.CharField(default="", max_length=100)),
                ("latitude", models.FloatField(null=True)),
                ("longitude", models.FloatField(null=True)),
                ("cell", models.CharField(default="", max_length=16)),
                ("closes_at", models.TimeField()),
                ("handover_minutes", models.PositiveSmallIntegerField()),
                ("set_by", models.UUIDField()),
                ("set_at", models.DateTimeField()),
            ],
        ),
        grant("SELECT, INSERT, UPDATE", on="dispatch_laboratoryplace"),
        # Whoever asks for a time of her own has it looked at too: it decides which times there are.
        show_to_own_organization("dispatch_laboratoryplace"),
    ]
