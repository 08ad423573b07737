"""What the practice, its locations and its staff printed and billed under, by date; the practice's logos."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import protect_tenant_table

revision = "identity_0008"
down_revision = "identity_0007"

UUID, TIME, TEXT = sa.UUID(), sa.DateTime(timezone=True), sa.Text()


def upgrade() -> None:
    """Empty as yet: `identity_0010` fills in what each prints at present."""
    op.create_table(
        "logos",
        sa.Column("organization_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("uploaded_by", UUID, nullable=False),
        sa.Column("uploaded_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.organization_id"], name=op.f("fk_logos_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_logos")),
    )
    protect_tenant_table("identity", "logos", "SELECT, INSERT")
    op.create_table(
        "billing_profiles",
        sa.Column("organization_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("subject_id", UUID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("printed", postgresql.JSONB(), nullable=False),
        sa.Column("logo_id", UUID, nullable=True),
        sa.Column("recorded_by", UUID, nullable=True),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.CheckConstraint(
            "subject IN ('organization', 'location', 'staff')", name=op.f("ck_billing_profiles_subject")
        ),
        sa.CheckConstraint(
            "(subject = 'organization') = (subject_id = organization_id)", name=op.f("ck_billing_profiles_organization")
        ),
        sa.CheckConstraint("logo_id IS NULL OR subject = 'organization'", name=op.f("ck_billing_profiles_logo")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.organization_id"], name=op.f("fk_billing_profiles_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "logo_id"],
            ["logos.organization_id", "logos.id"],
            name=op.f("fk_billing_profiles_organization_id_logo_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_billing_profiles")),
    )
    subject = ["organization_id", "subject", "subject_id"]
    op.create_index("ix_billing_profiles_version", "billing_profiles", [*subject, "version"], unique=True)
    op.create_index(
        "ix_billing_profiles_in_force", "billing_profiles", [*subject, "effective_from", "version"], unique=False
    )
    protect_tenant_table("identity", "billing_profiles", "SELECT, INSERT")
