from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workforce", "0002_row_security")]

    operations = [
        migrations.AddIndex(
            model_name="shift",
            index=models.Index(
                condition=models.Q(("removed_at", None)), fields=["staff", "starts_at"], name="shift_by_staff"
            ),
        ),
    ]
