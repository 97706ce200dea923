from django.db import migrations

from anjia.kernel.row_security import grant, show_to_own_organization, show_to_system


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="imports_importbatch"),
        show_to_own_organization("imports_importbatch"),
        show_to_system("imports_importbatch"),  # which forgets old uploads
    ]
