from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visits", "0008_under_way")]

    operations = [
        migrations.AlterField(
            "fieldfact",
            "kind",
            models.CharField(
                choices=[
                    ("departed", "DEPARTED"),
                    ("arrived", "ARRIVED"),
                    ("step_done", "STEP_DONE"),
                    ("measured", "MEASURED"),
                    ("photo", "PHOTO"),
                    ("teach_back", "TEACH_BACK"),
                    ("signed", "SIGNED"),
                    ("supplies", "SUPPLIES"),
                    ("waste", "WASTE"),
                    ("note", "NOTE"),
                    ("exception", "EXCEPTION"),
                    ("done", "DONE"),
                    ("left", "LEFT"),
                ],
                max_length=12,
            ),
        ),
    ]
