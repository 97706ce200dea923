import anjia.kernel.ids
from django.db import migrations, models

from anjia.kernel.row_security import append_only, grant, show_to_system


class Migration(migrations.Migration):
    dependencies = [("operations", "0002_row_security")]
    operations = [
        migrations.CreateModel(
            name="RestoreProof",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anjia.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField()),
                ("backup_name", models.CharField(max_length=200)),
                ("entries", models.PositiveIntegerField()),
                ("files", models.PositiveIntegerField()),
                ("seconds", models.PositiveIntegerField()),
                ("wrong", models.CharField(default="", max_length=500)),
            ],
            options={"indexes": [models.Index(fields=["-at"], name="proof_by_time")]},
        ),
        grant("SELECT, INSERT", on="operations_restoreproof"),
        show_to_system("operations_restoreproof"),
        append_only("operations_restoreproof"),
    ]
