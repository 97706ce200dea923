from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visits", "0011_deliver_minutes")]

    operations = [
        migrations.AddField("visit", "access_minutes", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("assignment", "access_minutes", models.PositiveSmallIntegerField(default=0)),
    ]
