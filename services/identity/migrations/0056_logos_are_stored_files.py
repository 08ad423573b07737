"""Stored files and the data keys that they hang on; new logos are stored files, earlier ones stay where they are.

The code before this one goes on adding and reading logos of its own. One that is added by newer code meanwhile it
shows as an empty picture.
"""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_files

revision = "identity_0056"
down_revision = "identity_0054"

UUID, TIME, TEXT = sa.UUID(), sa.DateTime(timezone=True), sa.Text()


def upgrade() -> None:
    """Two tables, and a column that may be empty; `logos` has few rows, so it is checked at once."""
    op.create_table(
        "data_keys",
        sa.Column("organization_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("wrapped", TEXT, nullable=False),
        sa.Column("wrapped_by", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_data_keys")),
    )
    op.create_index("ix_data_keys_wrapped_by", "data_keys", ["wrapped_by"], unique=False)
    op.create_table(
        "files",
        sa.Column("organization_id", UUID, nullable=False),
        sa.Column("id", UUID, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("byte_count", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.LargeBinary(), nullable=True),
        sa.Column("data_key_id", UUID, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "data_key_id"],
            ["data_keys.organization_id", "data_keys.id"],
            name=op.f("fk_files_organization_id_data_key_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_files")),
    )
    not_kept = sa.text("due_at IS NOT NULL")
    op.create_index("ix_files_due_at", "files", ["due_at"], unique=False, postgresql_where=not_kept)
    op.create_index("ix_files_not_kept", "files", ["organization_id"], unique=False, postgresql_where=not_kept)
    protect_files("identity")
    op.add_column("logos", sa.Column("file_id", UUID, nullable=True))
    op.create_foreign_key(
        op.f("fk_logos_organization_id_file_id"),
        "logos",
        "files",
        ["organization_id", "file_id"],
        ["organization_id", "id"],
    )
    op.create_check_constraint(op.f("ck_logos_place"), "logos", "(file_id IS NULL) = (octet_length(content) > 0)")
