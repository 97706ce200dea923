from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0004_missed_lines")]

    operations = [
        migrations.RemoveConstraint("visitexception", "exception_known"),
        migrations.AddConstraint(
            "visitexception",
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=[
                        "no_show",
                        "refused",
                        "unsafe",
                        "late",
                        "caregiver_ill",
                        "wrong_address",
                        "worsening",
                        "specimen_late",
                    ]
                )
                & models.Q(origin__in=["field", "desk", "clock", "readings"]),
                name="exception_known",
            ),
        ),
    ]
