"""How access changed, invitations a second time, more of a member's profile."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import protect_tenant_table

revision = "identity_0003"
down_revision = "identity_0002"


def upgrade() -> None:
    """Add only; the code before this one does not set what is new. `identity_0010` fills in."""
    for name in ("pronouns", "colour", "job_title", "supervision_mode"):
        op.add_column("staff", sa.Column(name, sa.Text(), nullable=True))
    texts = postgresql.ARRAY(sa.Text())
    op.add_column("staff", sa.Column("credentials", texts, server_default="{}", nullable=False))
    op.add_column("invitations", sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "access_changes",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("changed_by", sa.UUID(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("levels_before", texts, nullable=False),
        sa.Column("levels_after", texts, nullable=False),
        sa.Column("grants_before", texts, nullable=False),
        sa.Column("grants_after", texts, nullable=False),
        sa.Column("active_before", sa.Boolean(), nullable=False),
        sa.Column("active_after", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "staff_id"],
            ["staff.organization_id", "staff.id"],
            name=op.f("fk_access_changes_organization_id_staff_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_access_changes")),
    )
    op.create_index("ix_access_changes_staff", "access_changes", ["organization_id", "staff_id", "id"], unique=False)
    protect_tenant_table("identity", "access_changes", "SELECT, INSERT")
