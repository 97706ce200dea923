from django.db import migrations

from anjia.kernel.row_security import (
    OWN_ORGANIZATION,
    grant,
    show_to_own_account,
    show_to_system,
    show_where,
)

OWN = "nullif(current_setting('anjia.organization', true), '')::uuid"
STAFF = "current_setting('anjia.residents', true) = '*'"  # persons see themselves only

SIGN_IN = ["signincode", "signinchoice", "scanticket", "attempt"]  # before anybody is known


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial"), ("kernel", "0002_row_security")]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="identity_organization"),
        show_where("identity_organization", "own_subtree", f"{OWN} = ANY (lineage)"),
        show_to_system("identity_organization"),
        #
        grant("SELECT, INSERT, UPDATE", on="identity_account"),
        show_where("identity_account", "own_house", f"{OWN_ORGANIZATION} AND {STAFF}"),
        migrations.RunSQL(
            # A resident opens an account for her daughter, and sees no more of it than its id.
            f"CREATE POLICY opened_by_person ON identity_account FOR INSERT"
            f" WITH CHECK ({OWN_ORGANIZATION} AND kind = 'person')",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            # Who holds a role here or has acted here is known here by name, wherever the account was opened.
            f"""
            CREATE POLICY acts_here ON identity_account FOR SELECT USING ({STAFF} AND (
                EXISTS (SELECT FROM identity_membership m
                        WHERE m.account_id = identity_account.id AND m.house_id = {OWN})
                OR EXISTS (SELECT FROM identity_session s
                           WHERE s.account_id = identity_account.id AND s.organization_id = {OWN})))
            """,
            migrations.RunSQL.noop,
        ),
        show_to_own_account("identity_account", column="id"),
        show_to_system("identity_account"),
        migrations.RunSQL(
            # Whoever opens an account finds the one that the person has in the same house already, though a
            # resident who opens one for her daughter may see nobody's: it looks with the system's eyes.
            """
            CREATE FUNCTION identity_person_known(house uuid, phone_is bytea, called text)
            RETURNS SETOF identity_account LANGUAGE plpgsql AS $$
            DECLARE
                before text := coalesce(current_setting('anjia.system', true), '');
            BEGIN
                PERFORM set_config('anjia.system', 'on', true);
                RETURN QUERY
                    SELECT * FROM identity_account a
                    WHERE a.phone_index = phone_is AND a.organization_id = house AND a.name = called
                      AND a.kind = 'person' AND a.state = 'active'
                    ORDER BY a.opened_at, a.id LIMIT 1;
                PERFORM set_config('anjia.system', before, true);
            END $$
            """,
            "DROP FUNCTION identity_person_known",
        ),
        #
        grant("SELECT, INSERT, UPDATE", on="identity_role"),
        show_where("identity_role", "own_organization", OWN_ORGANIZATION),
        migrations.RunSQL(
            "CREATE POLICY default_roles ON identity_role FOR SELECT USING (organization_id IS NULL)",
            migrations.RunSQL.noop,
        ),
        show_to_system("identity_role"),
        #
        grant("SELECT, INSERT, UPDATE (taken_at, taken_by)", on="identity_membership"),
        show_where("identity_membership", "own_house", f"house_id = {OWN} AND {STAFF}"),
        show_to_own_account("identity_membership"),
        show_to_system("identity_membership"),
        #
        grant("SELECT, INSERT, UPDATE", on="identity_session"),
        show_where("identity_session", "own_house", f"{OWN_ORGANIZATION} AND {STAFF}"),
        show_to_own_account("identity_session"),
        show_to_system("identity_session"),
        #
        *(grant("SELECT, INSERT, UPDATE, DELETE", on=f"identity_{table}") for table in SIGN_IN),
        *(show_to_system(f"identity_{table}") for table in SIGN_IN),
    ]
