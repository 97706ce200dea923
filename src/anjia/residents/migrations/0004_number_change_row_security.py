from django.db import migrations

from anjia.kernel.row_security import grant, show_to_own_people


class Migration(migrations.Migration):
    dependencies = [("residents", "0003_number_change")]

    operations = [
        grant("SELECT, INSERT, UPDATE (closed_at, closed_by, is_confirmed)", on="residents_numberchange"),
        show_to_own_people("residents_numberchange"),
        grant("UPDATE (phone)", on="residents_grant"),
    ]
