"""Founders who are to confirm their address, mail that waits for it, and how much mail an address gets."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_worker_table

revision = "identity_0027"
down_revision = "identity_0025"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add only. Practices that exist, and those that the code before this one signs up, count as confirmed."""
    op.add_column("organizations", sa.Column("unconfirmed_founder_id", sa.UUID(), nullable=True))
    op.add_column("mail", sa.Column("held", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("mail", sa.Column("about", sa.UUID(), nullable=True))
    op.add_column("mail", sa.Column("bucket", sa.Integer(), nullable=True))
    # The web process lets go what waits. It still reads neither a recipient nor a token.
    op.execute("GRANT SELECT (organization_id, held, about), UPDATE (held, next_try_at) ON mail TO identity_app")
    op.create_table(
        "mail_counts",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("bucket", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("in_hour", sa.Integer(), nullable=False),
        sa.Column("hour_since", TIME, nullable=False),
        sa.Column("in_day", sa.Integer(), nullable=False),
        sa.Column("day_since", TIME, nullable=False),
        sa.CheckConstraint(f"bucket BETWEEN 0 AND {(1 << 30) - 1}", name=op.f("ck_mail_counts_bucket")),
        sa.PrimaryKeyConstraint("organization_id", "bucket", name=op.f("pk_mail_counts")),
    )
    op.create_index("ix_mail_counts_day_since", "mail_counts", ["day_since"], unique=False)
    protect_worker_table("identity", "mail_counts", "")
