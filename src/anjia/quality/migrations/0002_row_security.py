from django.db import migrations

from anjia.kernel.row_security import OWN_ORGANIZATION, grant, show_where

STAFF = "current_setting('anjia.residents', true) = '*'"
OWN = "rater_id = nullif(current_setting('anjia.actor', true), '')::uuid"


class Migration(migrations.Migration):
    dependencies = [("quality", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="quality_rating"),
        # A person sees what she has said herself, not what her family said or she of them.
        show_where("quality_rating", "own_words", f"{OWN_ORGANIZATION} AND ({STAFF} OR {OWN})"),
    ]
