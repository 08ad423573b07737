"""Programs that act for a practice, with secrets and tokens of their own; when somebody works."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import let_worker_purge, protect_tenant_table

revision = "identity_0007"
down_revision = "identity_0006"

UUID, TIME, TEXT = sa.UUID(), sa.DateTime(timezone=True), sa.Text()


def upgrade() -> None:
    """Add only."""
    op.add_column("staff", sa.Column("working_hours", postgresql.JSONB(), server_default="[]", nullable=False))
    op.create_table(
        "api_clients",
        sa.Column("organization_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("permissions", postgresql.ARRAY(TEXT), nullable=False),
        sa.Column("created_by", UUID, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.organization_id"], name=op.f("fk_api_clients_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_api_clients")),
    )
    protect_tenant_table("identity", "api_clients", "SELECT, INSERT, UPDATE")
    _hashes("api_secrets")
    _hashes("api_tokens", sa.Column("secret_created_at", TIME, nullable=False))


def _hashes(name: str, *more: sa.Column[Any]) -> None:
    """A table of hashes that belong to an API client and expire."""
    op.create_table(
        name,
        sa.Column("organization_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("api_client_id", UUID, nullable=False),
        sa.Column("shown_to", UUID, nullable=False),
        *more,
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "api_client_id"],
            ["api_clients.organization_id", "api_clients.id"],
            name=op.f(f"fk_{name}_organization_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f(f"pk_{name}")),
    )
    op.create_index(f"uq_{name}_hash", name, ["organization_id", "hash"], unique=True)
    op.create_index(f"ix_{name}_client", name, ["organization_id", "api_client_id"], unique=False)
    op.create_index(f"ix_{name}_expires_at", name, ["expires_at"], unique=False)
    protect_tenant_table("identity", name)
    let_worker_purge("identity", name, "expires_at < now() - interval '1 day'")
