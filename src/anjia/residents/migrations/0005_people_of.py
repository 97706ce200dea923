from django.db import migrations

# Whom an account may act for, herself first: asked as a request comes in, before there is anybody in whose name to
# look. It looks with the system's eyes, and only inside itself. Which grants count: `GrantQuerySet.live`.
PEOPLE_OF = """
    CREATE FUNCTION residents_people_of(account uuid, at timestamptz) RETURNS jsonb LANGUAGE plpgsql AS $$
    DECLARE
        before text := coalesce(current_setting('anjia.system', true), '');
        found jsonb;
    BEGIN
        PERFORM set_config('anjia.system', 'on', true);
        SELECT jsonb_agg(
            jsonb_build_array(g.resident_id, g.organization_id, g.relation, g.allows)
            ORDER BY g.relation <> 'self', g.given_at, g.id
        ) INTO found
        FROM residents_grant g
        WHERE g.account_id = account AND g.withdrawn_at IS NULL
          AND (g.given_by <> 'on_paper' OR g.witnessed_at IS NOT NULL)
          AND (g.valid_until IS NULL OR g.valid_until > at);
        PERFORM set_config('anjia.system', before, true);
        RETURN coalesce(found, '[]');
    END $$
"""


class Migration(migrations.Migration):
    dependencies = [("residents", "0004_number_change_row_security")]

    operations = [migrations.RunSQL(PEOPLE_OF, "DROP FUNCTION residents_people_of")]
