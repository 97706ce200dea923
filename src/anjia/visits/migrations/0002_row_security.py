from django.db import migrations

from anjia.kernel.row_security import (
    append_only,
    grant,
    show_to_own_organization,
    show_to_own_people,
    show_to_system,
)


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="visits_visit"),
        show_to_own_people("visits_visit"),
        # Holds that have run out and visits that were missed are looked for in nobody's name.
        show_to_system("visits_visit"),
        # Whoever asks for a time must know which times are taken: ids, times and coarse cells, nothing of whom.
        grant("SELECT, INSERT, UPDATE", on="visits_assignment"),
        show_to_own_organization("visits_assignment"),
        grant("SELECT, INSERT", on="visits_visitchange"),
        show_to_own_people("visits_visitchange"),
        append_only("visits_visitchange"),
        grant("SELECT, INSERT", on="visits_fieldfact"),
        show_to_own_people("visits_fieldfact"),
        append_only("visits_fieldfact"),
        grant("SELECT, INSERT, UPDATE", on="visits_conflict"),
        show_to_own_people("visits_conflict"),
    ]
