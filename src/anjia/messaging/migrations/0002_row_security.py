from django.db import migrations

from anjia.kernel.row_security import OWN_ORGANIZATION, grant, show_to_own_organization, show_to_system, show_where

STAFF = "current_setting('anjia.residents', true) = '*'"
OWN = "party_id = nullif(current_setting('anjia.actor', true), '')::uuid"


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE (read_at)", on="messaging_message"),
        # Persons see what was said to them; staff what their house says.
        show_where("messaging_message", "own_messages", f"{OWN_ORGANIZATION} AND ({STAFF} OR {OWN})"),
        grant("SELECT, INSERT, UPDATE", on="messaging_recipient"),
        show_where("messaging_recipient", "own_house", f"{OWN_ORGANIZATION} AND ({STAFF} OR {OWN})"),
        grant("SELECT, INSERT, UPDATE", on="messaging_notification"),
        show_where("messaging_notification", "own_house", f"{OWN_ORGANIZATION} AND ({STAFF} OR {OWN})"),
        grant("SELECT, INSERT, UPDATE (ended_at, outcome, code)", on="messaging_attempt"),
        show_to_own_organization("messaging_attempt"),
        grant("SELECT, INSERT, UPDATE (day, state, closed_at)", on="messaging_call"),
        show_where("messaging_call", "own_house", f"{OWN_ORGANIZATION} AND ({STAFF} OR {OWN})"),
        grant("SELECT, INSERT", on="messaging_callattempt"),
        show_where("messaging_callattempt", "own_house", f"{OWN_ORGANIZATION} AND {STAFF}"),
        *(
            show_to_system(f"messaging_{table}")
            for table in ("message", "recipient", "notification", "attempt", "call")
        ),
    ]
