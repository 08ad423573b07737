"""Under which name and credentials a treatment plan was signed."""

import sqlalchemy as sa
from alembic import op

revision = "clinical_0024"
down_revision = "clinical_0022"


def upgrade() -> None:
    """Columns that may be empty: not known. What is signed stays as it was, so earlier plans get nothing."""
    op.add_column("treatment_plans", sa.Column("signer_name", sa.Text(), nullable=True))
    op.add_column("treatment_plans", sa.Column("signer_credentials", sa.ARRAY(sa.Text()), nullable=True))
