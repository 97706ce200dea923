from django.db import migrations

from anjia.kernel.row_security import grant, show_to_system


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_row_security")]

    operations = [
        grant("DELETE", on="kernel_event"),
        grant("DELETE", on="kernel_delivery"),
        show_to_system("kernel_delivery"),
    ]
