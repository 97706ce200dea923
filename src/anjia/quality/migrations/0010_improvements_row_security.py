from django.db import migrations

from anjia.kernel.row_security import OWN_ORGANIZATION, append_only, grant, show_to_system, show_where

STAFF = f"{OWN_ORGANIZATION} AND current_setting('anjia.residents', true) = '*'"


class Migration(migrations.Migration):
    dependencies = [("quality", "0009_improvements"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="quality_improvement"),
        show_where("quality_improvement", "own_staff", STAFF),
        grant("SELECT, INSERT", on="quality_improvementstep"),
        show_where("quality_improvementstep", "own_staff", STAFF),
        append_only("quality_improvementstep"),
        show_to_system("quality_rating"),  # which institutions have been rated lately
    ]
