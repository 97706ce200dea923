from django.db import migrations

from anjia.kernel.row_security import OWN_ORGANIZATION, append_only, grant, show_where

STAFF = f"{OWN_ORGANIZATION} AND current_setting('anjia.residents', true) = '*'"


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0007_prompts"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT", on="catalogue_promptversion"),
        show_where("catalogue_promptversion", "own_staff", STAFF),
        append_only("catalogue_promptversion"),
    ]
