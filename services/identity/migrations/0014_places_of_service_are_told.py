"""The place of service of every location there is, told again: `location_changed` did not say it. Runs again."""

from shared.database.migration import fill_in

revision = "identity_0014"
down_revision = "identity_0013"

TELL = """
WITH told AS (UPDATE locations SET version = version + 1 RETURNING *)
INSERT INTO outbox
    (id, organization_id, type, aggregate_id, aggregate_version, data, occurred_at, awaiting, next_try_at)
SELECT gen_random_uuid(), organization_id, 'identity.location_changed.v1', id, version, jsonb_build_object(
    'organization_id', organization_id, 'location_id', id, 'version', version, 'name', name, 'time_zone', time_zone,
    'active', active, 'place_of_service', place_of_service), now(), ARRAY['clinical', 'billing'], now()
FROM told
"""


def upgrade() -> None:
    """A practice has few locations, so one statement does it; told twice they only have a higher version."""
    fill_in(["locations", "outbox"], TELL)
