from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0003_by_opening")]

    operations = [
        migrations.RemoveConstraint("absenceline", "absence_line_settled_says_how"),
        migrations.AddConstraint(
            "absenceline",
            models.CheckConstraint(
                condition=models.Q(settled_at=None, settled="")
                | models.Q(
                    settled_at__isnull=False, settled__in=["given", "moved", "cancelled", "hers", "missed"]
                ),
                name="absence_line_settled_says_how",
            ),
        ),
    ]
