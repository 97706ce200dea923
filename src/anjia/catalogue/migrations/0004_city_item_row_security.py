from django.db import migrations

from anjia.kernel.row_security import grant, show_to_own_organization


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0003_city_item")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="catalogue_cityitem"),
        show_to_own_organization("catalogue_cityitem"),
    ]
