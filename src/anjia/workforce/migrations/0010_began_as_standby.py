from django.db import migrations, models

# Which of those on standby were put on the rota so, nobody wrote down; what a weekly pattern made was not.
LIKELY = "UPDATE workforce_shift SET began_as_standby = true WHERE is_standby AND NOT by_pattern"


class Migration(migrations.Migration):
    dependencies = [("workforce", "0009_institution_paper_row_security")]

    operations = [
        migrations.AddField(
            "shift", "began_as_standby", models.BooleanField(db_default=False, default=False)
        ),
        migrations.RunSQL(LIKELY, migrations.RunSQL.noop),
    ]
