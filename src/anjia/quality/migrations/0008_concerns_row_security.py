from django.db import migrations

from anjia.kernel.row_security import OWN_ORGANIZATION, append_only, grant, show_where

STAFF = "current_setting('anjia.residents', true) = '*'"
ACTOR = "nullif(current_setting('anjia.actor', true), '')::uuid"


class Migration(migrations.Migration):
    dependencies = [("quality", "0007_concerns"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="quality_concern"),
        # Who raised it sees it; of the staff all but those whom it is about.
        show_where(
            "quality_concern",
            "not_about_me",
            f"{OWN_ORGANIZATION} AND (raised_by = {ACTOR} OR ({STAFF} AND NOT {ACTOR} = ANY (about_account_ids)))",
        ),
        grant("SELECT, INSERT", on="quality_concernstep"),
        show_where(
            "quality_concernstep",
            "of_what_i_see",
            f"{OWN_ORGANIZATION} AND EXISTS (SELECT FROM quality_concern c WHERE c.id = concern_id)",
        ),
        append_only("quality_concernstep"),
    ]
