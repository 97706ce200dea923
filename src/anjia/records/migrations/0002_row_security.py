from django.db import migrations

from anjia.kernel.row_security import APPLICATION_ROLE, append_only, grant, show_to_own_people


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT", on="records_reading"),  # and nothing on its partitions: this is the only way in
        show_to_own_people("records_reading"),
        migrations.RunSQL(
            f"GRANT EXECUTE ON FUNCTION records_make_months(date, int) TO {APPLICATION_ROLE}",
            migrations.RunSQL.noop,
        ),
        grant("SELECT, INSERT", on="records_readingconflict"),
        show_to_own_people("records_readingconflict"),
        append_only("records_readingconflict"),
        grant("SELECT, INSERT", on="records_personaltarget"),
        show_to_own_people("records_personaltarget"),
        append_only("records_personaltarget"),
    ]
