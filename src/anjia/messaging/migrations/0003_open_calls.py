from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_row_security")]

    operations = [
        migrations.AddIndex(
            model_name="call",
            index=models.Index(fields=["id"], condition=models.Q(("state", "open")), name="call_open"),
        ),
    ]
