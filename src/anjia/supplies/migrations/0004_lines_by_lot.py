from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supplies", "0003_waste_service_in_english")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["lot", "place_kind", "place_id", "number"], name="entry_by_lot"),
        ),
    ]
