"""The service catalogue, and the copies of other services' facts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_tenant_table

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create and protect the tables."""
    op.create_table(
        "service_types",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("modifiers", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("unit_rule", sa.Text(), nullable=False),
        sa.Column("unit_units", sa.Integer(), nullable=True),
        sa.Column("unit_minutes", sa.Integer(), nullable=True),
        sa.Column("unit_rounding", sa.Text(), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("note_minutes_min", sa.Integer(), nullable=True),
        sa.Column("note_minutes_max", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint(
            "(unit_rule = 'fixed') = (unit_units IS NOT NULL)", name=op.f("ck_service_types_fixed_units")
        ),
        sa.CheckConstraint(
            "(unit_rule = 'per_minutes') = (unit_minutes IS NOT NULL)",
            name=op.f("ck_service_types_unit_minutes"),
        ),
        sa.CheckConstraint("kind IN ('cpt', 'other')", name=op.f("ck_service_types_kind")),
        sa.CheckConstraint("unit_rule IN ('fixed', 'per_minutes')", name=op.f("ck_service_types_unit_rule")),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_service_types")),
    )
    op.create_table(
        "service_rates",
        sa.Column("service_type_id", sa.UUID(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("rate_cents", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("rate_cents > 0", name=op.f("ck_service_rates_rate_cents")),
        sa.ForeignKeyConstraint(
            ["organization_id", "service_type_id"],
            ["service_types.organization_id", "service_types.id"],
            name=op.f("fk_service_rates_organization_id_service_type_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_service_rates")),
    )
    op.create_index(
        "uq_service_rates_start",
        "service_rates",
        ["organization_id", "service_type_id", "effective_from"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "organization_copies",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("invoice_prefix", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", name=op.f("pk_organization_copies")),
    )
    op.create_table(
        "location_copies",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_location_copies")),
    )
    op.create_table(
        "staff_copies",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("npi", sa.Text(), nullable=True),
        sa.Column("taxonomy", sa.Text(), nullable=True),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_staff_copies")),
    )
    op.create_table(
        "client_copies",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_client_copies")),
    )
    op.create_table(
        "assignment_copies",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("staff_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("assigned", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "client_id", "staff_id", name=op.f("pk_assignment_copies")),
    )
    op.create_index(
        "ix_assignment_copies_staff",
        "assignment_copies",
        ["organization_id", "staff_id", "client_id"],
        unique=False,
    )
    protect_tenant_table("billing", "service_types", "SELECT, INSERT, UPDATE")
    protect_tenant_table("billing", "service_rates", "SELECT, INSERT")
    for table in ("organization", "location", "staff", "client", "assignment"):
        protect_tenant_table("billing", f"{table}_copies", "SELECT, INSERT, UPDATE")
