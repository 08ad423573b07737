"""A payment may be void or bounced: by whom, when and why. Its money and its allocations are reversed by entries."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """New columns, which are empty in what there is."""
    op.add_column("payments", sa.Column("undone", sa.Text(), nullable=True))
    op.add_column("payments", sa.Column("undone_reason", sa.Text(), nullable=True))
    op.add_column("payments", sa.Column("undone_by", sa.UUID(), nullable=True))
    op.add_column("payments", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    for name, condition in (
        ("undone", "undone IN ('void', 'bounced')"),
        ("undone_at", "(undone IS NULL) = (undone_at IS NULL)"),
        ("undone_unapplied", "undone IS NULL OR unapplied_cents = 0"),
    ):
        op.execute(f"ALTER TABLE payments ADD CONSTRAINT ck_payments_{name} CHECK ({condition}) NOT VALID")
        op.execute(f"ALTER TABLE payments VALIDATE CONSTRAINT ck_payments_{name}")
    columns = "undone, undone_reason, undone_by, undone_at"
    op.execute(f"GRANT UPDATE ({columns}) ON payments TO billing_app, billing_worker")
