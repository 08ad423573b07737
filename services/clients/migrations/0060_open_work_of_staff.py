"""What each member of staff has open with each client, as clinical counted it last."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_tenant_table

revision = "clients_0060"
down_revision = "clients_0055"


def upgrade() -> None:
    """A table; it fills as clinical tells."""
    uuid = sa.UUID()
    op.create_table(
        "open_work_copies",
        sa.Column("organization_id", uuid, nullable=False),
        sa.Column("client_id", uuid, nullable=False),
        sa.Column("staff_id", uuid, nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("version", "appointments", "drafts", "to_review", "plans_due")
        ),
        sa.PrimaryKeyConstraint("organization_id", "client_id", "staff_id", name=op.f("pk_open_work_copies")),
    )
    protect_tenant_table("clients", "open_work_copies", "SELECT, INSERT, UPDATE")
