import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_end_sessions")]

    operations = [
        migrations.AddField("role", "in_place_of", models.CharField(blank=True, default="", max_length=40)),
        migrations.AddField(
            "role",
            "release_had",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), default=list, size=None
            ),
        ),
        migrations.AddConstraint(
            "role",
            models.UniqueConstraint(
                condition=~models.Q(in_place_of=""),
                fields=("organization", "in_place_of"),
                name="role_in_place_of_once",
            ),
        ),
    ]
