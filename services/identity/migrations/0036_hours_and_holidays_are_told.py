"""Practices with hours or holidays, told again: clinical books by them from now on. Runs again."""

from shared.database.migration import fill_in

revision = "identity_0036"
down_revision = "identity_0035"

TELL = """
WITH told AS (
    UPDATE organizations SET version = version + 1 WHERE business_hours <> '[]' OR holidays <> '[]' RETURNING *
)
INSERT INTO outbox
    (id, organization_id, type, aggregate_id, aggregate_version, data, occurred_at, awaiting, next_try_at)
SELECT gen_random_uuid(), organization_id, 'identity.organization_changed.v1', organization_id, version,
    jsonb_build_object('organization_id', organization_id, 'version', version, 'name', name, 'time_zone', time_zone,
    'invoice_prefix', coalesce(invoice_prefix, ''), 'session_minutes', session_minutes,
    'plan_review_days', plan_review_days, 'write_off_limit_cents', write_off_limit_cents,
    'restricts_administration', restricts_administration, 'break_glass_enabled', break_glass_enabled,
    'break_glass_minutes', break_glass_minutes, 'business_hours', business_hours, 'holidays', holidays), now(),
    ARRAY['clients', 'clinical', 'billing'], now()
FROM told
"""


def upgrade() -> None:
    """One row for each such practice; told twice it only has a higher version."""
    fill_in(["organizations", "outbox"], TELL)
