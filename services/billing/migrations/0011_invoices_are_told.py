"""Invoices that were issued until now are told to clinical, a batch at a time. Runs again if interrupted."""

import sqlalchemy as sa
from alembic import op

from shared.ids import NIL

revision = "0011"
down_revision = "0010"

BATCH_INVOICES = 1_000
TABLES = ("invoices", "outbox")

# An event that is sent twice has the same version: the second changes nothing.
BATCH = """
WITH batch AS (
    SELECT organization_id, id, version, appointment_id, client_id, voided_on FROM invoices
    WHERE (organization_id, id) > (:organization_id, :id)
    ORDER BY organization_id, id LIMIT :most
), issued AS (
    SELECT batch.* FROM batch JOIN invoices USING (organization_id, id) WHERE invoices.number IS NOT NULL
), told AS (
    INSERT INTO outbox
        (id, organization_id, type, aggregate_id, aggregate_version, data, occurred_at, awaiting, next_try_at)
    SELECT gen_random_uuid(), organization_id, 'billing.invoice_changed.v1', id, version, jsonb_build_object(
        'organization_id', organization_id, 'invoice_id', id, 'version', version, 'appointment_id', appointment_id,
        'client_id', client_id, 'in_force', voided_on IS NULL), now(), ARRAY['clinical'], now()
    FROM issued
)
SELECT organization_id, id FROM batch ORDER BY organization_id DESC, id DESC LIMIT 1
"""


def upgrade() -> None:
    """Short transactions only; meanwhile the owner, and nobody else, sees the rows of every organization."""
    with op.get_context().autocommit_block():
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        after: dict[str, object] | None = {"organization_id": NIL, "id": NIL}
        while after is not None:
            after = _tell_batch(after)
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _tell_batch(after: dict[str, object]) -> dict[str, object] | None:
    """Tell of the issued ones of what comes after that invoice; returns the last that was looked at."""
    last = op.get_bind().execute(sa.text(BATCH), {**after, "most": BATCH_INVOICES}).mappings().first()
    return None if last is None else dict(last)
