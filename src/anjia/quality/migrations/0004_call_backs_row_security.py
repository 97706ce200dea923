from django.db import migrations

from anjia.kernel.row_security import OWN_ORGANIZATION, append_only, grant, show_to_system, show_where

STAFF = f"{OWN_ORGANIZATION} AND current_setting('anjia.residents', true) = '*'"


class Migration(migrations.Migration):
    dependencies = [("quality", "0003_call_backs"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="quality_callback"),
        show_where("quality_callback", "own_staff", STAFF),
        show_to_system("quality_callback"),  # the late ones of all institutions
        grant("SELECT, INSERT", on="quality_callbackattempt"),
        show_where("quality_callbackattempt", "own_staff", STAFF),
        append_only("quality_callbackattempt"),
        grant("SELECT, INSERT", on="quality_callbackescalation"),
        show_where("quality_callbackescalation", "own_staff", STAFF),
        show_to_system("quality_callbackescalation"),
        append_only("quality_callbackescalation"),
    ]
