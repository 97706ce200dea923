from django.db import migrations

from anjia.kernel.row_security import append_only, grant, show_where

OWN = "nullif(current_setting('anjia.organization', true), '')::uuid"
STAFF = "current_setting('anjia.residents', true) = '*'"
EITHER_HOUSE = f"(organization_id = {OWN} OR from_organization_id = {OWN}) AND {STAFF}"


class Migration(migrations.Migration):
    dependencies = [("transitions", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        grant(
            "SELECT, INSERT,"
            " UPDATE (state, resident_id, visit_id, visit_starts_at, visit_ends_at, visit_done_at)",
            on="transitions_referral",
        ),
        show_where("transitions_referral", "either_house", EITHER_HOUSE),
        grant("SELECT, INSERT", on="transitions_referralstep"),
        show_where("transitions_referralstep", "either_house", EITHER_HOUSE),
        append_only("transitions_referralstep"),
    ]
