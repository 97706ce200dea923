from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("residents", "0008_died_row_security")]

    operations = [
        migrations.AddField("address", "access_said", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("address", "access_learnt", models.PositiveSmallIntegerField(null=True)),
        migrations.AddField("address", "access_trips", models.PositiveIntegerField(default=0)),
        migrations.AddField("address", "access_learnt_at", models.DateTimeField(null=True)),
    ]
