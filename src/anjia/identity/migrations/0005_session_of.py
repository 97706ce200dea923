from django.db import migrations

# Every request begins with it, before there is anybody in whose name to look: it looks with the system's eyes, and
# only inside itself. Roles held at the house, above it, or at a part of it.
SESSION_OF = """
    CREATE FUNCTION identity_session_of(hash bytea, at timestamptz)
    RETURNS TABLE (
        id uuid, account_id uuid, kind text, name text, language text, organization_id uuid, locked_at timestamptz,
        is_limited boolean, expires_at timestamptz, last_used_at timestamptz, permissions text[]
    ) LANGUAGE plpgsql AS $$
    DECLARE
        before text := coalesce(current_setting('anjia.system', true), '');
    BEGIN
        PERFORM set_config('anjia.system', 'on', true);
        RETURN QUERY
            SELECT s.id, a.id, a.kind::text, a.name::text, a.language::text, s.organization_id, s.locked_at,
                   s.is_limited, s.expires_at, s.last_used_at,
                   ARRAY(
                       SELECT DISTINCT unnest(r.permissions)::text
                       FROM identity_membership m
                       JOIN identity_role r ON r.id = m.role_id
                       WHERE m.account_id = a.id AND m.taken_at IS NULL
                         AND (m.organization_id = ANY (o.lineage) OR m.house_id = o.id)
                       UNION
                       SELECT unnest(r.permissions)::text
                       FROM identity_role r
                       WHERE a.kind = 'person' AND r.code = 'resident' AND r.organization_id IS NULL
                   )
            FROM identity_session s
            JOIN identity_account a ON a.id = s.account_id
            JOIN identity_organization o ON o.id = s.organization_id
            WHERE s.token_hash = hash AND s.ended_at IS NULL AND s.expires_at > at
              AND a.state = 'active' AND o.closed_at IS NULL;
        PERFORM set_config('anjia.system', before, true);
    END $$
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0004_roles_in_place_of_default_ones")]

    operations = [migrations.RunSQL(SESSION_OF, "DROP FUNCTION identity_session_of")]
