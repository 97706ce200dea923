from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("emergencies", "0004_watch_heard_at")]

    operations = [
        migrations.AddField(
            "case", "again_ids", ArrayField(models.UUIDField(), db_default=[], default=list)
        ),
    ]
