"""Who pays which share for a client, and how that was changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import protect_tenant_table

revision = "clients_0120"
down_revision = "clients_0111"


def upgrade() -> None:
    """Add only."""
    op.create_table(
        "responsible_people",
        *_head("responsible_people"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("address", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("cents", sa.BigInteger(), nullable=True),
        sa.Column("service_type_id", sa.UUID(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        _check("responsible_people", "kind", "kind IN ('percent', 'fixed', 'cap', 'rest')"),
        _check(
            "responsible_people",
            "percent",
            "(kind = 'percent') = (percent IS NOT NULL) AND percent BETWEEN 1 AND 100",
        ),
        _check("responsible_people", "cents", "(kind IN ('fixed', 'cap')) = (cents IS NOT NULL) AND cents > 0"),
        _check("responsible_people", "days", "effective_to >= effective_from"),
    )
    of_a_client = ["organization_id", "client_id"]
    op.create_index("ix_responsible_people_client", "responsible_people", [*of_a_client, "effective_from", "id"])
    op.create_table(
        "responsible_changes",
        *_head("responsible_changes"),
        sa.Column("responsible_person_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.UUID(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("after", postgresql.JSONB(none_as_null=True), nullable=True),
        _check("responsible_changes", "change", "change IN ('added', 'changed', 'removed')"),
    )
    op.create_index("ix_responsible_changes_client", "responsible_changes", [*of_a_client, "id"])
    protect_tenant_table("clients", "responsible_people", "SELECT, INSERT, UPDATE, DELETE")
    protect_tenant_table("clients", "responsible_changes", "SELECT, INSERT")


def _head(table: str) -> tuple[sa.Column | sa.Constraint, ...]:
    return (
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["organization_id", "client_id"],
            ["clients.organization_id", "clients.id"],
            name=op.f(f"fk_{table}_organization_id_client_id"),
            ondelete="CASCADE",
        ),
    )


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))
