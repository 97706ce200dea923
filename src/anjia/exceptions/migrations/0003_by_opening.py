from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0002_row_security")]

    operations = [
        migrations.AddIndex(
            "visitexception",
            models.Index(fields=["organization_id", "opened_at", "id"], name="exception_by_opening"),
        ),
    ]
