from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supplies", "0002_row_security")]
    operations = [
        migrations.AddField(
            "wastebag", "service_name_en", models.CharField(blank=True, default="", max_length=200)
        ),
    ]
