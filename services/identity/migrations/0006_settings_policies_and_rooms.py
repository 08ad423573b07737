"""The rest of the organization's settings with their history, cancellation policies, rooms."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import protect_tenant_table

revision = "identity_0006"
down_revision = "identity_0005"

UUID, TIME, TEXT, INTEGER = sa.UUID(), sa.DateTime(timezone=True), sa.Text(), sa.Integer()


def upgrade() -> None:
    """Add only; every new column has a default or may be missing."""
    for name in ("fax", "email"):
        op.add_column("organizations", sa.Column(name, TEXT, nullable=True))
    numbers = {"session_minutes": 60, "plan_review_days": 90, "write_off_limit_cents": 0, "break_glass_minutes": 60}
    for name, default in numbers.items():
        op.add_column("organizations", sa.Column(name, INTEGER, server_default=str(default), nullable=False))
    for name in ("restricts_administration", "break_glass_enabled"):
        op.add_column("organizations", sa.Column(name, sa.Boolean(), server_default="false", nullable=False))
    for name in ("business_hours", "holidays"):
        op.add_column("organizations", sa.Column(name, postgresql.JSONB(), server_default="[]", nullable=False))
    op.add_column("locations", sa.Column("phone", TEXT, nullable=True))
    op.add_column("locations", sa.Column("place_of_service", TEXT, server_default="11", nullable=False))
    op.add_column("locations", sa.Column("rooms", postgresql.JSONB(), server_default="[]", nullable=False))
    _table(
        "organization_changes",
        sa.Column("changed_by", UUID, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
    )
    _table(
        "cancellation_policies",
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("notice_hours", INTEGER, nullable=False),
        sa.Column("late_cancel_fee_cents", INTEGER, nullable=False),
        sa.Column("no_show_fee_cents", INTEGER, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("created_by", UUID, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint(
            "late_cancel_fee_cents >= 0 AND no_show_fee_cents >= 0", name=op.f("ck_cancellation_policies_fees")
        ),
    )


def _table(name: str, *columns: sa.Column[object] | sa.Constraint) -> None:
    """A table of versions that are added and never changed."""
    op.create_table(
        name,
        sa.Column("organization_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.organization_id"], name=op.f(f"fk_{name}_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"ix_{name}_version", name, ["organization_id", "version"], unique=True)
    protect_tenant_table("identity", name, "SELECT, INSERT")
