from django.db import migrations

# A course that goes on as another series said how many were left; now it says how many there are in all.
AS_A_WHOLE = """
WITH RECURSIVE before(id, part) AS (
    SELECT id, continues_id FROM series_series WHERE continues_id IS NOT NULL AND count IS NOT NULL
    UNION ALL
    SELECT before.id, series_series.continues_id FROM before JOIN series_series ON series_series.id = before.part
    WHERE series_series.continues_id IS NOT NULL
), been AS (
    SELECT before.id, count(*) AS number
    FROM before JOIN series_occurrence ON series_occurrence.series_id = before.part
    WHERE series_occurrence.state IN ('placed', 'wanted')
    GROUP BY before.id
)
UPDATE series_series SET count = series_series.count + been.number FROM been WHERE been.id = series_series.id
"""


class Migration(migrations.Migration):
    dependencies = [("series", "0002_row_security")]

    operations = [migrations.RunSQL(AS_A_WHOLE, migrations.RunSQL.noop)]
