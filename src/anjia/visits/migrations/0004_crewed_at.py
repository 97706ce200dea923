from django.db import migrations, models

# Of the visits promised before this was kept: when the last of their crew said yes.
WHEN_THEY_SAID_YES = """
UPDATE visits_visit SET crewed_at = said.at
FROM (SELECT visit_id, max(at) AS at FROM visits_visitchange WHERE what = 'accepted' GROUP BY visit_id) AS said
WHERE said.visit_id = visits_visit.id AND visits_visit.crew_state = 'accepted'
"""


class Migration(migrations.Migration):
    dependencies = [("visits", "0003_grade_with_signature")]
    operations = [
        migrations.AddField("visit", "crewed_at", models.DateTimeField(null=True)),
        migrations.RunSQL(WHEN_THEY_SAID_YES, migrations.RunSQL.noop),
    ]
