"""Further contacts and emergency contacts of a client beside the first ones, and the digits of further phones."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import protect_tenant_table

revision = "clients_0022"
down_revision = "clients_0021"
CONSENT = "IN ('given', 'refused', 'not_asked')"


def upgrade() -> None:
    """What the code before this one writes, the first of each, stays where it is. Defaults are constants: no rewrite."""
    for channel in ("phone", "email"):
        op.add_column("clients", sa.Column(f"{channel}_label", sa.Text(), nullable=True))
        op.add_column("clients", sa.Column(f"{channel}_consent", sa.Text(), server_default="not_asked", nullable=False))
        name = f"{channel}_consent"
        op.execute(f"ALTER TABLE clients ADD CONSTRAINT ck_clients_{name} CHECK ({name} {CONSENT}) NOT VALID")
    for name in ("further_contacts", "further_emergency_contacts"):
        op.add_column("clients", sa.Column(name, postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False))
    op.create_table(
        "client_phones",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=False),
        sa.Column("digits", sa.Text(collation="C"), nullable=False),
        sa.Column("backwards", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "client_id"],
            ["clients.organization_id", "clients.id"],
            name=op.f("fk_client_phones_organization_id_client_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "client_id", "digits", name=op.f("pk_client_phones")),
    )
    for name in ("digits", "backwards"):
        op.create_index(f"ix_client_phones_{name}", "client_phones", ["organization_id", name, "client_id"])
    protect_tenant_table("clients", "client_phones", "SELECT, INSERT, UPDATE, DELETE")
