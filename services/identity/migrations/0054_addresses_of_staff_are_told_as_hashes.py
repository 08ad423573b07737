"""The others are told by what to know the address of each member of staff. Runs again if interrupted: they are then told
once more.
"""

from shared.database.migration import fill_in

revision = "identity_0054"
down_revision = "identity_0053"

TELL = """
WITH told AS (
    UPDATE staff SET version = version + 1 RETURNING staff.*
)
INSERT INTO outbox
    (id, organization_id, type, aggregate_id, aggregate_version, data, occurred_at, awaiting, next_try_at)
SELECT gen_random_uuid(), organization_id, 'identity.staff_changed.v1', id, version, jsonb_build_object(
    'organization_id', organization_id, 'staff_id', id, 'version', version,
    'display_name', given_name || ' ' || family_name, 'active', active, 'levels', levels, 'grants', grants,
    'supervisor_id', supervisor_id, 'supervision_mode', supervision_mode, 'npi', npi, 'taxonomy', taxonomy,
    'joined', password_hash IS NOT NULL, 'brought_in_by', brought_in_by, 'credentials', credentials,
    'email_hash', encode(sha256(convert_to(organization_id::text || ' ' || email_key, 'UTF8')), 'hex'),
    'licences', (SELECT coalesce(jsonb_agg(jsonb_build_object(
        'number', number, 'state', state, 'issued_on', issued_on, 'expires_on', expires_on)), '[]')
        FROM licences WHERE licences.organization_id = told.organization_id AND licences.staff_id = told.id)),
    now(), ARRAY['clients', 'clinical', 'billing'], now()
FROM told
"""


def upgrade() -> None:
    """One short statement for each practice's few dozen members of staff."""
    fill_in(["staff", "licences", "outbox"], TELL)
