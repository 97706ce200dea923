from django.db import migrations

# Who signs in with an account: asked as a request comes in, before there is anybody in whose name to look. It looks
# with the system's eyes, and only inside itself.
STAFF_OF = """
    CREATE FUNCTION workforce_staff_of(account uuid, house uuid) RETURNS uuid LANGUAGE plpgsql AS $$
    DECLARE
        before text := coalesce(current_setting('anjia.system', true), '');
        found uuid;
    BEGIN
        PERFORM set_config('anjia.system', 'on', true);
        SELECT s.id INTO found FROM workforce_staffmember s
        WHERE s.organization_id = house AND s.account_id = account ORDER BY s.id LIMIT 1;
        PERFORM set_config('anjia.system', before, true);
        RETURN found;
    END $$
"""


class Migration(migrations.Migration):
    dependencies = [("workforce", "0003_shift_by_staff")]

    operations = [migrations.RunSQL(STAFF_OF, "DROP FUNCTION workforce_staff_of")]
