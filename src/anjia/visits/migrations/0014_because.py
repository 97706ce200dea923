import anjia.kernel.fields
import anjia.kernel.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visits", "0013_delivered_fact")]

    operations = [
        migrations.CreateModel(
            name="Because",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anjia.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organization_id", models.UUIDField()),
                ("resident_id", models.UUIDField()),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("booked", "BOOKED"),
                            ("moved", "MOVED"),
                            ("took_it", "TOOK_IT"),
                            ("next", "NEXT"),
                            ("instead", "INSTEAD"),
                            ("hand", "HAND"),
                            ("changed", "CHANGED"),
                            ("planned", "PLANNED"),
                            ("undone", "UNDONE"),
                        ],
                        max_length=10,
                    ),
                ),
                ("by_user", models.UUIDField()),
                ("by_kind", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                ("facts", anjia.kernel.fields.EncryptedJSON(default=dict)),
                (
                    "assignment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="visits.assignment",
                    ),
                ),
            ],
        ),
    ]
