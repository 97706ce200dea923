from django.db import migrations

from anjia.kernel.row_security import (
    OWN_ORGANIZATION,
    STAFF,
    append_only,
    grant,
    show_to_own_people,
    show_to_system,
    show_where,
)

# What an order says is written once: a correction is another version. It bears the name of the guard of append-only
# tables, which whoever seals everything under another key lifts for that.
KEEPS = """
    CREATE FUNCTION orders_order_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' OR ROW(
            NEW.organization_id, NEW.resident_id, NEW.root_id, NEW.number, NEW.kind, NEW.service_code, NEW.said,
            NEW.valid_from, NEW.valid_until, NEW.file_id, NEW.answer_id, NEW.entered_by, NEW.entered_at
        ) IS DISTINCT FROM ROW(
            OLD.organization_id, OLD.resident_id, OLD.root_id, OLD.number, OLD.kind, OLD.service_code, OLD.said,
            OLD.valid_from, OLD.valid_until, OLD.file_id, OLD.answer_id, OLD.entered_by, OLD.entered_at
        ) THEN
            RAISE EXCEPTION 'what an order says is not changed' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'order_keeps_what_it_says';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON orders_order
        FOR EACH ROW EXECUTE FUNCTION orders_order_keeps()
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="orders_order"),
        show_to_own_people("orders_order"),
        migrations.RunSQL(KEEPS, migrations.RunSQL.noop),
        grant("SELECT, INSERT, UPDATE", on="orders_familydoctor"),
        show_to_own_people("orders_familydoctor"),
        grant("SELECT, INSERT, UPDATE", on="orders_question"),
        show_to_own_people("orders_question"),
        show_to_system("orders_question"),  # the late ones of all institutions
        grant("SELECT, INSERT", on="orders_handing"),
        show_where("orders_handing", "own_staff", f"{OWN_ORGANIZATION} AND {STAFF}"),
        append_only("orders_handing"),
        grant("SELECT, INSERT, UPDATE", on="orders_answer"),
        show_to_own_people("orders_answer"),
    ]
