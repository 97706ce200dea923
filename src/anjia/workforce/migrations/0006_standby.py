from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workforce", "0005_scan_and_second_reader")]

    operations = [
        migrations.AddField("shift", "is_standby", models.BooleanField(db_default=False, default=False)),
    ]
