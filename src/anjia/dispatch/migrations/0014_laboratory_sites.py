import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0013_planzone")]

    operations = [
        migrations.AlterField("laboratoryplace", "organization_id", models.UUIDField(db_index=True)),
        migrations.AddField("laboratoryplace", "hours", models.JSONField(default=list)),
        migrations.AddField(
            "laboratoryplace",
            "closed_on",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.DateField(), default=list, size=None
            ),
        ),
    ]
