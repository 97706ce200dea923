from django.db import migrations

from anjia.kernel.row_security import grant


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0008_daychange_row_security")]

    # What nobody published is deleted some weeks after its day.
    operations = [grant("DELETE", on="dispatch_planrun")]
