from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("visits", "0012_access_minutes")]

    operations = [
        migrations.AlterField(
            model_name="fieldfact",
            name="kind",
            field=models.CharField(
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
                    ("question", "QUESTION"),
                    ("done", "DONE"),
                    ("left", "LEFT"),
                    ("delivered", "DELIVERED"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(
                fields=["starts_at"], condition=models.Q(("deliver_minutes__gt", 0)), name="visit_taking"
            ),
        ),
    ]
