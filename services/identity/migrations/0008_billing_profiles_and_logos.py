"""What the practice, its locations and its staff printed and billed under, by date; the practice's logos."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.migration import protect_tenant_table

revision = "identity_0008"
down_revision = "identity_0007"

UUID, TIME, TEXT = sa.UUID(), sa.DateTime(timezone=True), sa.Text()
EVENT = "identity.billing_profile_recorded.v1"
# Kind of subject -> its table, the column of its id, what is printed of it.
SUBJECTS = {
    "organization": (
        "organizations",
        "organization_id",
        ("name", "legal_name", "npi", "tax_id", "taxonomy", "phone", "fax", "email", "address"),
    ),
    "location": ("locations", "id", ("name", "npi", "phone", "address", "place_of_service")),
    "staff": ("staff", "id", ("given_name", "family_name", "credentials", "npi", "taxonomy")),
}


def upgrade() -> None:
    """What each prints at present becomes its first version, in force since ever; billing is told."""
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
    for kind, (table, identifier, printed) in SUBJECTS.items():
        _first_versions(kind, table, identifier, printed)
    _tell_billing()
    protect_tenant_table("identity", "billing_profiles", "SELECT, INSERT")


def _first_versions(kind: str, table: str, identifier: str, printed: tuple[str, ...]) -> None:
    facts = ", ".join(f"'{name}', {name}" for name in printed)
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")  # the owner fills in for every organization
    op.execute(
        "INSERT INTO billing_profiles "
        "(organization_id, id, subject, subject_id, version, effective_from, printed, recorded_at) "
        f"SELECT organization_id, {identifier}, '{kind}', {identifier}, 1, DATE '1900-01-01', "
        f"jsonb_build_object({facts}), created_at FROM {table}"
    )
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _tell_billing() -> None:
    op.execute("ALTER TABLE outbox NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "INSERT INTO outbox (id, organization_id, type, aggregate_id, aggregate_version, data, occurred_at, awaiting, "
        f"next_try_at) SELECT gen_random_uuid(), organization_id, '{EVENT}', subject_id, version, "
        "jsonb_build_object('organization_id', organization_id, 'subject', subject, 'subject_id', subject_id, "
        "'version', version, 'effective_from', effective_from, subject, printed), now(), ARRAY['billing'], now() "
        "FROM billing_profiles"
    )
    op.execute("ALTER TABLE outbox FORCE ROW LEVEL SECURITY")
