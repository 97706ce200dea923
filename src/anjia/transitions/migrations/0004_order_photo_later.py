from django.db import migrations

from anjia.kernel.row_security import grant


class Migration(migrations.Migration):
    dependencies = [("transitions", "0003_from_ward")]

    operations = [grant("UPDATE (order_photo_id, order_photo_type)", on="transitions_referral")]
