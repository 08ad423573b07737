"""What supervised clinicians gave, and when, before anything of it changed."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_tenant_table

revision = "clinical_0095"
down_revision = "clinical_0081"


def upgrade() -> None:
    """Add only. Nobody takes such a fact back: what an import booked is deleted only while nobody has changed it."""
    uuid, instant = sa.UUID(), sa.DateTime(timezone=True)
    op.create_table(
        "given_sessions",
        sa.Column("organization_id", uuid, nullable=False),
        sa.Column("id", uuid, nullable=False),
        sa.Column("appointment_id", uuid, nullable=False),
        sa.Column("client_id", uuid, nullable=False),
        sa.Column("staff_id", uuid, nullable=False),
        sa.Column("starts_at", instant, nullable=False),
        sa.Column("ends_at", instant, nullable=False),
        sa.Column("released_at", instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "appointment_id"],
            ["appointments.organization_id", "appointments.id"],
            name=op.f("fk_given_sessions_organization_id_appointments"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_given_sessions")),
    )
    op.create_index("ix_given_sessions_client", "given_sessions", ["organization_id", "client_id", "starts_at"])
    op.create_index("ix_given_sessions_appointment", "given_sessions", ["organization_id", "appointment_id"])
    protect_tenant_table("clinical", "given_sessions", "SELECT, INSERT")
    op.execute("GRANT UPDATE (released_at) ON given_sessions TO clinical_app, clinical_worker")
