"""Files of clients that a practice brings, and their rows."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.database.migration import let_worker_purge, protect_tenant_table

revision = "clients_0055"
down_revision = "clients_0063"


def upgrade() -> None:
    """Add only."""
    op.create_table(
        "client_imports",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("on_duplicate", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(), nullable=False),
        sa.Column("positions", postgresql.JSONB(), nullable=False),
        sa.Column("day_first", postgresql.JSONB(), nullable=False),
        sa.Column("ignored_columns", postgresql.JSONB(), nullable=False),
        sa.Column("rows_total", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("job_id", sa.UUID(), nullable=True),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_client_imports")),
    )
    op.create_index("ix_client_imports_created_at", "client_imports", ["created_at"])
    op.create_table(
        "client_import_rows",
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cells", postgresql.JSONB(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(collation="C"), nullable=True),
        sa.Column("client_id", sa.UUID(), nullable=True),
        sa.Column("errors", postgresql.JSONB(), nullable=True),
        sa.Column("candidates", postgresql.JSONB(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "import_id"],
            ["client_imports.organization_id", "client_imports.id"],
            name=op.f("fk_client_import_rows_organization_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "import_id", "number", name=op.f("pk_client_import_rows")),
    )
    own = ["organization_id", "import_id"]
    op.create_index("ix_client_import_rows_result", "client_import_rows", [*own, "result", "number"])
    op.create_index("ix_client_import_rows_person", "client_import_rows", [*own, "person", "number"])
    op.create_index("ix_client_import_rows_created_at", "client_import_rows", ["created_at"])
    protect_tenant_table("clients", "client_imports")
    protect_tenant_table("clients", "client_import_rows")
    let_worker_purge("clients", "client_import_rows", "created_at < now() - interval '30 days'")
    let_worker_purge("clients", "client_imports", "created_at < now() - interval '37 days'")
