"""What happened to an appointment, which conflicts an override accepted, and how long an appointment is at most."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import protect_tenant_table

revision = "clinical_0012"
down_revision = "clinical_0011"


def upgrade() -> None:
    """A new table, and a column that may be empty; the check holds of every row there is, so only new ones are looked
    at.
    """
    op.add_column("appointments", sa.Column("overrode", postgresql.ARRAY(sa.UUID()), nullable=True))
    op.execute(
        "ALTER TABLE appointments ADD CONSTRAINT ck_appointments_longest"
        " CHECK (ends_at - starts_at <= interval '24 hours') NOT VALID"
    )
    op.create_table(
        "appointment_changes",
        sa.Column("appointment_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_actor_id", sa.UUID(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("override_reason", sa.Text(), nullable=True),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "appointment_id"],
            ["appointments.organization_id", "appointments.id"],
            name=op.f("fk_appointment_changes_organization_id_appointment_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_appointment_changes")),
    )
    op.create_index(
        "ix_appointment_changes_appointment", "appointment_changes", ["organization_id", "appointment_id", "id"]
    )
    protect_tenant_table("clinical", "appointment_changes", "SELECT, INSERT")
