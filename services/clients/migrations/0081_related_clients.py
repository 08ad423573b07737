"""Which clients belong together."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_tenant_table

revision = "clients_0081"
down_revision = "clients_0094"
KINDS = ("partner", "parent", "child", "guardian", "ward", "sibling", "household", "member", "other")


def upgrade() -> None:
    """Add only."""
    op.create_table(
        "client_relations",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("related_client_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_client_relations_kind")),
        sa.CheckConstraint("client_id <> related_client_id", name=op.f("ck_client_relations_two_clients")),
        *(
            sa.ForeignKeyConstraint(
                ["organization_id", name],
                ["clients.organization_id", "clients.id"],
                name=op.f(f"fk_client_relations_organization_id_{name}"),
                ondelete="CASCADE",
            )
            for name in ("client_id", "related_client_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "client_id", "related_client_id", name=op.f("pk_client_relations")),
    )
    op.create_index("ix_client_relations_related", "client_relations", ["organization_id", "related_client_id"])
    protect_tenant_table("clients", "client_relations", "SELECT, INSERT, UPDATE, DELETE")
