"""Appointments that clients asks for, for clients who come from a file."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_worker_table, wake_when_written

revision = "clinical_0061"
down_revision = "clinical_0063"


def upgrade() -> None:
    """Add only. Events write it and the worker works it off: the web process has no part in it."""
    uuid, instant = sa.UUID(), sa.DateTime(timezone=True)
    op.create_table(
        "requested_bookings",
        sa.Column("organization_id", uuid, nullable=False),
        sa.Column("id", uuid, nullable=False),
        sa.Column("import_id", uuid, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("client_id", uuid, nullable=False),
        sa.Column("staff_id", uuid, nullable=False),
        sa.Column("service_type_id", uuid, nullable=True),
        sa.Column("starts_at", instant, nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("by_staff_id", uuid, nullable=True),
        sa.Column("by_program_id", uuid, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try_at", instant, nullable=False),
        sa.Column("answered_at", instant, nullable=True),
        sa.Column("appointment_id", uuid, nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(by_staff_id IS NULL) <> (by_program_id IS NULL)", name=op.f("ck_requested_bookings_by_one")
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL AND appointment_id IS NULL AND code IS NULL)"
            " OR (answered_at IS NOT NULL AND (appointment_id IS NULL) <> (code IS NULL))",
            name=op.f("ck_requested_bookings_answered"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_requested_bookings")),
    )
    waits, answered = sa.text("answered_at IS NULL"), sa.text("answered_at IS NOT NULL")
    op.create_index("ix_requested_bookings_due", "requested_bookings", ["next_try_at"], postgresql_where=waits)
    op.create_index("ix_requested_bookings_client", "requested_bookings", ["organization_id", "client_id"])
    op.create_index(
        "ix_requested_bookings_answered_at", "requested_bookings", ["answered_at"], postgresql_where=answered
    )
    protect_worker_table("clinical", "requested_bookings", "")
    wake_when_written("requested_bookings")
