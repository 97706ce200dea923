from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations

from anjia.kernel.row_security import (
    CREATE_APPLICATION_ROLE,
    append_only,
    grant,
    show_to_own_organization,
    show_to_own_people,
    show_to_system,
)

QUEUE = "procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers"
SEQUENCES = (
    "procrastinate_jobs_id_seq, procrastinate_events_id_seq, procrastinate_periodic_defers_id_seq,"
    " procrastinate_workers_id_seq"
)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial"), ("procrastinate", "0041_post_retry_failed_job")]

    operations = [
        BtreeGistExtension(),
        CREATE_APPLICATION_ROLE,
        grant("SELECT", on="django_migrations"),  # so that it can tell whether one is missing
        grant("SELECT, INSERT, UPDATE, DELETE", on=QUEUE),
        grant("USAGE, SELECT", on=f"SEQUENCE {SEQUENCES}"),
        grant("SELECT, INSERT, UPDATE, DELETE", on="kernel_request"),
        show_to_own_organization("kernel_request"),
        show_to_system("kernel_request"),
        grant("SELECT, INSERT", on="kernel_auditentry"),
        show_to_own_organization("kernel_auditentry"),
        show_to_system("kernel_auditentry"),
        append_only("kernel_auditentry"),
        grant("SELECT, INSERT", on="kernel_auditseal"),
        show_to_system("kernel_auditseal"),
        append_only("kernel_auditseal"),
        grant("SELECT, INSERT", on="kernel_recordaccess"),
        show_to_own_people("kernel_recordaccess"),
        append_only("kernel_recordaccess"),
        grant("SELECT, INSERT", on="kernel_storedfile"),
        show_to_own_organization("kernel_storedfile"),
        grant("SELECT, INSERT, UPDATE (delivered_at, due_at, attempts)", on="kernel_event"),
        show_to_own_organization("kernel_event"),
        show_to_system("kernel_event"),
        grant("SELECT, INSERT", on="kernel_delivery"),
        show_to_own_organization("kernel_delivery"),
    ]
