"""Clients have addresses from a day on; their row shows the one of today, and knows the coming ones."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import protect_tenant_table

revision = "clients_0121"
down_revision = "clients_0120"


def upgrade() -> None:
    """Add only. The release before this one goes on writing the row's address, which is written down with the next."""
    op.add_column(
        "clients",
        sa.Column("coming_addresses", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'")),
    )
    op.create_table(
        "client_addresses",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("address", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.UUID(), nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_client_addresses")),
        sa.ForeignKeyConstraint(
            ["organization_id", "client_id"],
            ["clients.organization_id", "clients.id"],
            name=op.f("fk_client_addresses_organization_id_client_id"),
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_client_addresses_client", "client_addresses", ["organization_id", "client_id", "id"])
    protect_tenant_table("clients", "client_addresses", "SELECT, INSERT")
