import django.db.models.deletion
from django.db import migrations, models

import anjia.kernel.fields
import anjia.kernel.ids


class Migration(migrations.Migration):
    dependencies = [("residents", "0006_signing")]

    operations = [
        migrations.AddField("resident", "died_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="Death",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=anjia.kernel.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("organization_id", models.UUIDField()),
                ("told_by", anjia.kernel.fields.EncryptedText()),
                ("died_on", anjia.kernel.fields.EncryptedText()),
                ("file_id", models.UUIDField()),
                ("entered_at", models.DateTimeField()),
                ("entered_by", models.UUIDField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("confirmed_by", models.UUIDField(null=True)),
                ("taken_back_at", models.DateTimeField(null=True)),
                ("taken_back_by", models.UUIDField(null=True)),
                ("why", anjia.kernel.fields.EncryptedText(default="")),
                (
                    "resident",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="residents.resident",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_back_at", None)),
                        fields=("resident",),
                        name="death_open_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", None),
                            models.Q(("confirmed_by", models.F("entered_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="death_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_back_by", None),
                            ("confirmed_by", None),
                            models.Q(("taken_back_by", models.F("confirmed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="death_taken_back_by_another",
                    ),
                ],
            },
        ),
    ]
