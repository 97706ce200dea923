from django.db import migrations

from anjia.kernel.row_security import (
    grant,
    show_to_own_organization,
    show_to_own_people,
    show_to_system,
)

# A place is one of those that there are: whoever writes it, and whatever program does.
WITHIN_CAP = """
    CREATE FUNCTION enrolment_within_cap() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.seat IS NOT NULL AND NEW.seat > coalesce(
            (SELECT cap FROM enrolment_programme WHERE id = NEW.programme_id), 0
        ) THEN
            RAISE EXCEPTION 'there is no such place in the programme'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'candidate_within_cap';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER candidate_within_cap BEFORE INSERT OR UPDATE OF seat, programme_id ON enrolment_candidate
        FOR EACH ROW EXECUTE FUNCTION enrolment_within_cap();
    CREATE FUNCTION enrolment_cap_above_seats() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM enrolment_candidate WHERE programme_id = NEW.id AND seat > NEW.cap) THEN
            RAISE EXCEPTION 'somebody has a place beyond'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'programme_cap_above_seats';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER programme_cap_above_seats BEFORE UPDATE OF cap ON enrolment_programme
        FOR EACH ROW EXECUTE FUNCTION enrolment_cap_above_seats()
"""
# What was found, and what was said against it, is never changed; only what another person says to it is added.
SETTLED = "settled_at, settled_by, stands, settled_words"
ANSWERED = "answered_at, answered_by, is_upheld, answer"


class Migration(migrations.Migration):
    dependencies = [("enrolment", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        *(grant("SELECT, INSERT, UPDATE", on=f"enrolment_{one}") for one in ("programme", "channel", "candidate")),
        grant(f"SELECT, INSERT, UPDATE ({SETTLED})", on="enrolment_screening"),
        grant(f"SELECT, INSERT, UPDATE ({ANSWERED})", on="enrolment_appeal"),
        *(show_to_own_organization(f"enrolment_{one}") for one in ("programme", "channel")),
        *(show_to_own_people(f"enrolment_{one}") for one in ("candidate", "screening", "appeal")),
        show_to_system("enrolment_candidate"),
        migrations.RunSQL(WITHIN_CAP, migrations.RunSQL.noop),
    ]
