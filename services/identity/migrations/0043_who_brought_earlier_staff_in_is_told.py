"""The others are told once more who brought staff in. Runs again if interrupted: they are then told once more.

Clinical keeps it since its revision 0022, which is younger than what identity told in revision 0019.
"""

from shared.database.migration import fill_in

revision = "identity_0043"
down_revision = "identity_0042"

TELL = """
WITH told AS (
    UPDATE staff SET version = version + 1 WHERE brought_in_by <> '{}' RETURNING staff.*
)
INSERT INTO outbox
    (id, organization_id, type, aggregate_id, aggregate_version, data, occurred_at, awaiting, next_try_at)
SELECT gen_random_uuid(), organization_id, 'identity.staff_changed.v1', id, version, jsonb_build_object(
    'organization_id', organization_id, 'staff_id', id, 'version', version,
    'display_name', given_name || ' ' || family_name, 'active', active, 'levels', levels, 'grants', grants,
    'supervisor_id', supervisor_id, 'supervision_mode', supervision_mode, 'npi', npi, 'taxonomy', taxonomy,
    'joined', password_hash IS NOT NULL, 'brought_in_by', brought_in_by, 'credentials', credentials,
    'licences', (SELECT coalesce(jsonb_agg(jsonb_build_object(
        'number', number, 'state', state, 'issued_on', issued_on, 'expires_on', expires_on)), '[]')
        FROM licences WHERE licences.organization_id = told.organization_id AND licences.staff_id = told.id)),
    now(), ARRAY['clients', 'clinical', 'billing'], now()
FROM told
"""


def upgrade() -> None:
    """One short statement for each practice's few dozen members of staff."""
    fill_in(["staff", "licences", "outbox"], TELL)
