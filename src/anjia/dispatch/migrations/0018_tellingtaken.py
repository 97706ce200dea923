from django.db import migrations, models

import anjia.kernel.ids
from anjia.kernel.row_security import OWN_ORGANIZATION, STAFF, grant, show_where


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0017_roadsserver"), ("kernel", "0002_row_security")]

    operations = [
        migrations.CreateModel(
            name="TellingTaken",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anjia.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organization_id", models.UUIDField()),
                ("visit_id", models.UUIDField()),
                ("move_id", models.UUIDField()),
                ("taken_by", models.UUIDField()),
                ("taken_from", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["move_id", "-at"], name="telling_by_move")],
            },
        ),
        # Who took what on is not rewritten.
        grant("SELECT, INSERT", on="dispatch_tellingtaken"),
        # It names visits: it is for staff, and no person's.
        show_where("dispatch_tellingtaken", "own_staff", f"{OWN_ORGANIZATION} AND {STAFF}"),
    ]
