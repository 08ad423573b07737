"""The keys that draft lines held before the triggers, a batch of appointments at a time. Runs again if interrupted."""

import sqlalchemy as sa
from alembic import op

from shared.ids import NIL

revision = "0009"
down_revision = "0008"

BATCH_APPOINTMENTS = 1_000
TABLES = ("invoice_draft_lines", "billed_services")

# Every line of an appointment and client is in one batch, so a key is whole when it is written. A key that is there
# was written by the triggers or the code meanwhile: it is newer than what this statement saw.
BATCH = """
WITH batch AS (
    SELECT DISTINCT organization_id, appointment_id, client_id FROM invoice_draft_lines
    WHERE (organization_id, appointment_id, client_id) > (:organization_id, :appointment_id, :client_id)
    ORDER BY organization_id, appointment_id, client_id LIMIT :most
), put AS (
    INSERT INTO billed_services (organization_id, appointment_id, client_id, code, line_id, documented_version)
    SELECT organization_id, appointment_id, client_id, code,
        (array_agg(id) FILTER (WHERE live))[1], max(documented_version)
    FROM batch JOIN invoice_draft_lines USING (organization_id, appointment_id, client_id)
    GROUP BY organization_id, appointment_id, client_id, code
    ORDER BY organization_id, appointment_id, client_id, code
    ON CONFLICT (organization_id, appointment_id, client_id, code) DO NOTHING
)
SELECT organization_id, appointment_id, client_id FROM batch
ORDER BY organization_id DESC, appointment_id DESC, client_id DESC LIMIT 1
"""


def upgrade() -> None:
    """Short transactions only; meanwhile the owner, and nobody else, sees the rows of every organization."""
    with op.get_context().autocommit_block():
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        after = {"organization_id": NIL, "appointment_id": NIL, "client_id": NIL}
        while (last := _fill_batch(after)) is not None:
            after = last
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _fill_batch(after: dict[str, object]) -> dict[str, object] | None:
    """Fill in what comes after that appointment and client; returns the last of them, None when none came."""
    last = op.get_bind().execute(sa.text(BATCH), {**after, "most": BATCH_APPOINTMENTS}).mappings().first()
    return None if last is None else dict(last)
