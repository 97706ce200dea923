from django.db import migrations

from anjia.kernel.row_security import MYSELF, OWN_ORGANIZATION, STAFF, append_only, grant, show_where

# What she whom a complaint is about may know of it (decision 29): that there is one, of which visit, how far it is and
# what was found; never its words, nor who raised it. The policy opens within the function only, and her own rows only.
ABOUT_ME = f"""
    CREATE POLICY counted_for_me ON quality_concern FOR SELECT USING (
        {OWN_ORGANIZATION} AND current_setting('anjia.counts_for_me', true) = 'on'
        AND (
            {MYSELF} = ANY (about_account_ids)
            OR EXISTS (
                SELECT FROM workforce_staffmember s WHERE s.account_id = {MYSELF} AND s.id = ANY (about_staff_ids)
            )
        )
    );
    CREATE FUNCTION quality_complaints_about_me(first timestamptz, last timestamptz)
    RETURNS TABLE (id uuid, state varchar, finding varchar, visit_id uuid, at timestamptz) LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM set_config('anjia.counts_for_me', 'on', true);
        RETURN QUERY
            SELECT c.id, c.state, c.finding, c.visit_id, coalesce(c.visit_starts_at, c.raised_at)
            FROM quality_concern c
            WHERE {OWN_ORGANIZATION.replace("organization_id", "c.organization_id")}
              AND c.kind IN ('complaint', 'dispute')
              AND coalesce(c.visit_starts_at, c.raised_at) >= first
              AND coalesce(c.visit_starts_at, c.raised_at) < last
              AND (
                  {MYSELF} = ANY (c.about_account_ids)
                  OR EXISTS (
                      SELECT FROM workforce_staffmember s
                      WHERE s.account_id = {MYSELF} AND s.id = ANY (c.about_staff_ids)
                  )
              )
            ORDER BY 5, 1;
        PERFORM set_config('anjia.counts_for_me', 'off', true);
    END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("quality", "0011_objections"),
        ("kernel", "0002_row_security"),
        ("workforce", "0002_row_security"),
    ]

    operations = [
        grant("SELECT, INSERT, UPDATE", on="quality_objection"),
        # Her own, and those who manage quality: which of the staff that is, the queries ask.
        show_where("quality_objection", "own_staff", f"{OWN_ORGANIZATION} AND ({STAFF} OR raised_by = {MYSELF})"),
        grant("SELECT, INSERT", on="quality_objectionstep"),
        show_where(
            "quality_objectionstep",
            "of_what_i_see",
            f"{OWN_ORGANIZATION} AND EXISTS (SELECT FROM quality_objection o WHERE o.id = objection_id)",
        ),
        append_only("quality_objectionstep"),
        migrations.RunSQL(ABOUT_ME, "DROP FUNCTION quality_complaints_about_me"),
    ]
