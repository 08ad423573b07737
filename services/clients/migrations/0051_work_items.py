"""What somebody still has to look at, and what became of it."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_work_items

revision = "clients_0051"
down_revision = "clients_0045"


def upgrade() -> None:
    """Add only."""
    op.create_table(
        "work_items",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.UUID(), nullable=False),
        sa.Column("client_id", sa.UUID(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("assignee_id", sa.UUID(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("sorts_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'done')", name=op.f("ck_work_items_state")),
        sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_work_items_done")),
        sa.CheckConstraint(
            "(kind = 'notice') = (level IS NULL) AND (kind <> 'notice' OR assignee_id IS NOT NULL)",
            name=op.f("ck_work_items_notice"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_work_items")),
    )
    here, item_open = "organization_id", sa.text("state = 'open'")
    op.create_index(
        "uq_work_items_matter",
        "work_items",
        [here, "matter", "subject_id"],
        unique=True,
        postgresql_where=sa.text("kind <> 'notice'"),
    )
    op.create_index(
        "uq_work_items_notice",
        "work_items",
        [here, "matter", "subject_id", "assignee_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'notice'"),
    )
    op.create_index("ix_work_items_open", "work_items", [here, "sorts_on", "id"], postgresql_where=item_open)
    op.create_index(
        "ix_work_items_assignee", "work_items", [here, "assignee_id", "sorts_on", "id"], postgresql_where=item_open
    )
    op.create_index("ix_work_items_client", "work_items", [here, "client_id", "sorts_on", "id"])
    done = sa.text("state = 'done'")
    op.create_index("ix_work_items_done", "work_items", [here, "done_at", "id"], postgresql_where=done)
    op.create_index("ix_work_items_done_at", "work_items", ["done_at"])
    op.create_table(
        "work_item_changes",
        sa.Column("item_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_staff_id", sa.UUID(), nullable=True),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.UUID(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "item_id"],
            ["work_items.organization_id", "work_items.id"],
            name=op.f("fk_work_item_changes_organization_id_item_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_work_item_changes")),
    )
    op.create_index("ix_work_item_changes_item", "work_item_changes", [here, "item_id", "id"])
    protect_work_items("clients")
