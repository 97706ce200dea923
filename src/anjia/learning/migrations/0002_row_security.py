from django.db import migrations

from anjia.kernel.row_security import OWN_ORGANIZATION, STAFF, append_only, grant, show_where

OWN_STAFF = f"{OWN_ORGANIZATION} AND {STAFF}"
CHANGED = ("course", "coursedraft", "binding", "reading", "attempt", "session")
KEPT = ("courseversion", "certificate")

# A result that was worked out stays as it is, whoever asks: an exam is handed in once.
RESULT_STAYS = """
    CREATE FUNCTION learning_result_stays() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.submitted_at IS NOT NULL THEN
            RAISE EXCEPTION 'an exam that was handed in is not changed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'attempt_result_stays';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER attempt_result_stays BEFORE UPDATE OF submitted_at, passed, score, paper, seed
        ON learning_attempt
        FOR EACH ROW EXECUTE FUNCTION learning_result_stays()
"""


class Migration(migrations.Migration):
    dependencies = [("learning", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        *(grant("SELECT, INSERT, UPDATE", on=f"learning_{table}") for table in CHANGED),
        *(grant("SELECT, INSERT", on=f"learning_{table}") for table in KEPT),
        grant("SELECT, INSERT, DELETE", on="learning_attendance"),
        *(show_where(f"learning_{table}", "own_staff", OWN_STAFF) for table in (*CHANGED, *KEPT, "attendance")),
        *(append_only(f"learning_{table}") for table in KEPT),
        migrations.RunSQL(RESULT_STAYS, migrations.RunSQL.noop),
    ]
