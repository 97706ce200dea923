from django.db import migrations

from anjia.kernel.row_security import (
    OWN_ORGANIZATION,
    STAFF,
    append_only,
    grant,
    let_append,
    show_to_own_organization,
    show_to_own_people,
    show_to_system,
    show_where,
)


class Migration(migrations.Migration):
    dependencies = [("emergencies", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="emergencies_case"),
        # A case without a resident is about staff: no person sees it, whoever she is.
        show_to_own_people("emergencies_case"),
        # Cases that nobody takes are looked for in nobody's name.
        show_to_system("emergencies_case"),
        grant("SELECT, INSERT", on="emergencies_step"),
        show_where("emergencies_step", "own_staff", f"{OWN_ORGANIZATION} AND {STAFF}"),
        # Who presses writes the first line of the course, and reads none of it.
        let_append("emergencies_step", "pressed_by_her", OWN_ORGANIZATION),
        append_only("emergencies_step"),
        # Whether anybody is there, who presses must be told: account, time, nothing else.
        grant("SELECT, INSERT, UPDATE", on="emergencies_watch"),
        show_to_own_organization("emergencies_watch"),
        grant("SELECT, INSERT, UPDATE", on="emergencies_checkin"),
        show_where("emergencies_checkin", "own_staff", f"{OWN_ORGANIZATION} AND {STAFF}"),
        show_to_system("emergencies_checkin"),
        grant("SELECT, INSERT, UPDATE", on="emergencies_houserules"),
        show_to_own_organization("emergencies_houserules"),
        grant("SELECT, INSERT, UPDATE", on="emergencies_wish"),
        show_to_own_people("emergencies_wish"),
    ]
