from django.db import migrations

from anjia.kernel.row_security import (
    MYSELF,
    OWN_ORGANIZATION,
    STAFF,
    hide,
    let_append,
    of_own_people,
    show_where,
)


class Migration(migrations.Migration):
    """What a person's request could reach of others' rows, though no query of ours shows it to her."""

    dependencies = [("kernel", "0004_audit_for_resident")]

    operations = [
        hide("kernel_storedfile", "own_organization"),
        show_where(
            "kernel_storedfile",
            "own_people",
            f"{OWN_ORGANIZATION} AND ({of_own_people('resident_id')} OR stored_by = {MYSELF})",
        ),
        #
        hide("kernel_request", "own_organization"),
        show_where("kernel_request", "own_account", f"{OWN_ORGANIZATION} AND user_id = {MYSELF}"),
        #
        hide("kernel_auditentry", "own_organization"),
        show_where(
            "kernel_auditentry", "own_house", f"{OWN_ORGANIZATION} AND ({STAFF} OR actor_id = {MYSELF})"
        ),
        #
        hide("kernel_event", "own_organization"),
        show_where("kernel_event", "own_house", f"{OWN_ORGANIZATION} AND {STAFF}"),
        let_append("kernel_event", "told_by_persons", OWN_ORGANIZATION),
        #
        hide("kernel_delivery", "own_organization"),
        show_where("kernel_delivery", "own_house", f"{OWN_ORGANIZATION} AND {STAFF}"),
    ]
