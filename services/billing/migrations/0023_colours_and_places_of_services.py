"""A service has a colour, a place of service, and says whether it may go on a claim."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Add only. What the code before this one adds has the first colour, is given in an office and may be claimed."""
    op.add_column("service_types", sa.Column("colour", sa.Text(), server_default="c1", nullable=False))
    op.add_column("service_types", sa.Column("place_of_service", sa.Text(), server_default="11", nullable=False))
    op.add_column("service_types", sa.Column("self_pay_only", sa.Boolean(), server_default=sa.false(), nullable=False))
