from django.db import migrations

from anjia.kernel.row_security import OWN_ORGANIZATION, append_only, grant, show_where

STAFF = f"{OWN_ORGANIZATION} AND current_setting('anjia.residents', true) = '*'"
CHANGED = ("item", "shortfall")
KEPT = ("lot", "entry", "bagcheck", "wastebag", "wastestep")

# A line of the ledger goes on from the one before: whoever writes it, and whatever program does.
FOLLOWS = """
    CREATE FUNCTION supplies_entry_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE before supplies_entry%ROWTYPE;
    BEGIN
        SELECT * INTO before FROM supplies_entry
            WHERE place_kind = NEW.place_kind AND place_id = NEW.place_id AND lot_id = NEW.lot_id
            ORDER BY number DESC LIMIT 1;
        IF NEW.number <> coalesce(before.number, 0) + 1
            OR NEW.balance <> coalesce(before.balance, 0) + NEW.change THEN
            RAISE EXCEPTION 'a line of the ledger goes on from the one before'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_follows';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER entry_follows BEFORE INSERT ON supplies_entry
        FOR EACH ROW EXECUTE FUNCTION supplies_entry_follows()
"""


class Migration(migrations.Migration):
    dependencies = [("supplies", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        *(grant("SELECT, INSERT, UPDATE", on=f"supplies_{table}") for table in CHANGED),
        *(grant("SELECT, INSERT", on=f"supplies_{table}") for table in KEPT),
        *(show_where(f"supplies_{table}", "own_staff", STAFF) for table in (*CHANGED, *KEPT)),
        *(append_only(f"supplies_{table}") for table in KEPT),
        migrations.RunSQL(FOLLOWS, migrations.RunSQL.noop),
    ]
