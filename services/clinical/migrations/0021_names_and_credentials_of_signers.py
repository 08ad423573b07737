"""Under which name and credentials a note was signed."""

import sqlalchemy as sa
from alembic import op

revision = "clinical_0021"
down_revision = "clinical_0020"

TEXTS = sa.ARRAY(sa.Text())


def upgrade() -> None:
    """Columns that may be empty: not known. What is signed stays as it was, so earlier rows get nothing."""
    op.add_column("staff_copies", sa.Column("credentials", TEXTS, nullable=True))
    for table, who in (
        ("notes", "submitter"),
        ("note_versions", "signer"),
        ("note_versions", "countersigner"),
        ("addenda", "signer"),
    ):
        op.add_column(table, sa.Column(f"{who}_name", sa.Text(), nullable=True))
        op.add_column(table, sa.Column(f"{who}_credentials", TEXTS, nullable=True))
