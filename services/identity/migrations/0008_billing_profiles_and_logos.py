"""What the practice printed and billed under, by date; its logos."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migration import protect_tenant_table

revision = "identity_0008"
down_revision = "identity_0007"

UUID, TIME, TEXT = sa.UUID(), sa.DateTime(timezone=True), sa.Text()
FIELDS = ("name", "legal_name", "npi", "tax_id", "taxonomy", "phone", "fax", "email")


def upgrade() -> None:
    """Each organization's present profile becomes its first, in force since ever."""
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
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        *(sa.Column(name, TEXT, nullable=name != "name") for name in FIELDS),
        sa.Column("address", postgresql.JSONB(), nullable=True),
        sa.Column("logo_id", UUID, nullable=True),
        sa.Column("recorded_by", UUID, nullable=True),
        sa.Column("recorded_at", TIME, nullable=False),
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
    op.create_index("ix_billing_profiles_version", "billing_profiles", ["organization_id", "version"], unique=True)
    op.create_index(
        "ix_billing_profiles_in_force",
        "billing_profiles",
        ["organization_id", "effective_from", "version"],
        unique=False,
    )
    op.execute("ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY")
    columns = ", ".join(FIELDS)
    op.execute(
        f"INSERT INTO billing_profiles (organization_id, id, version, effective_from, {columns}, address, recorded_at) "
        f"SELECT organization_id, organization_id, 1, DATE '1900-01-01', {columns}, address, created_at "
        "FROM organizations"
    )
    op.execute("ALTER TABLE organizations FORCE ROW LEVEL SECURITY")
    protect_tenant_table("identity", "billing_profiles", "SELECT, INSERT")
