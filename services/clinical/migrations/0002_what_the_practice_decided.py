"""Copies keep what the practice decided about records, and who is what on its staff."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "clinical_0002"
down_revision = "clinical_0001"


def upgrade() -> None:
    """New columns with defaults: the code before this one goes on writing its rows."""
    for name, kind, default in (
        ("plan_review_days", sa.Integer(), "90"),
        ("break_glass_enabled", sa.Boolean(), "false"),
        ("break_glass_minutes", sa.Integer(), "60"),
    ):
        op.add_column("organization_copies", sa.Column(name, kind, server_default=default, nullable=False))
    op.add_column("staff_copies", sa.Column("supervision_mode", sa.Text(), nullable=True))
    for name in ("levels", "grants"):
        op.add_column("staff_copies", sa.Column(name, postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
