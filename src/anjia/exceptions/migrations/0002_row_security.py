from django.db import migrations

from anjia.kernel.row_security import OWN_ORGANIZATION, STAFF, append_only, grant, show_to_system, show_where

OWN_STAFF = f"{OWN_ORGANIZATION} AND {STAFF}"
TABLES = ("visitexception", "exceptionstep", "absenceline")


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="exceptions_visitexception"),
        grant("SELECT, INSERT, UPDATE", on="exceptions_absenceline"),
        grant("SELECT, INSERT", on="exceptions_exceptionstep"),
        *(show_where(f"exceptions_{table}", "own_staff", OWN_STAFF) for table in TABLES),
        show_to_system("exceptions_visitexception"),  # the clock asks for all houses what is overdue
        append_only("exceptions_exceptionstep"),
    ]
