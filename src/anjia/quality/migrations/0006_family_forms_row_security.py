from django.db import migrations

from anjia.kernel.row_security import OWN_ORGANIZATION, grant, show_where

STAFF = "current_setting('anjia.residents', true) = '*'"
OWN = "account_id = nullif(current_setting('anjia.actor', true), '')::uuid"


class Migration(migrations.Migration):
    dependencies = [("quality", "0005_family_forms"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="quality_familyform"),
        # Her own words only: not what a brother said, nor to the resident what her daughter said of the burden.
        show_where("quality_familyform", "own_words", f"{OWN_ORGANIZATION} AND ({STAFF} OR {OWN})"),
    ]
