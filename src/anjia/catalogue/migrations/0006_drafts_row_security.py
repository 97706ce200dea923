from django.db import migrations

from anjia.kernel.row_security import OWN_ORGANIZATION, append_only, grant, show_where

STAFF = f"{OWN_ORGANIZATION} AND current_setting('anjia.residents', true) = '*'"


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0005_drafts"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="catalogue_draft"),
        show_where("catalogue_draft", "own_staff", STAFF),
        grant("SELECT, INSERT", on="catalogue_draftsave"),
        show_where("catalogue_draftsave", "own_staff", STAFF),
        append_only("catalogue_draftsave"),
    ]
