"""More of who a client is: legal and former names, gender, language, type, referral, intake; prospective clients."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "clients_0020"
down_revision = "clients_0019"
TEXTS = ("middle_name", "name_suffix", "gender_identity", "language", "referral_source")


def upgrade() -> None:
    """The code before this one knows none of it, and writes what it did. The next revision finds minors among adults.

    The new conditions are wider than the earlier one and than the default, so that no row need be looked at.
    """
    for name in TEXTS:
        op.add_column("clients", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("clients", sa.Column("intake_date", sa.Date(), nullable=True))
    op.add_column(
        "clients", sa.Column("former_names", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False)
    )
    op.add_column("clients", sa.Column("client_type", sa.Text(), server_default="adult", nullable=False))
    op.drop_constraint(op.f("ck_clients_status"), "clients")
    for name, condition in (
        ("status", "status IN ('prospective', 'active', 'archived')"),
        ("client_type", "client_type IN ('adult', 'minor', 'couple', 'family')"),
    ):
        op.execute(f"ALTER TABLE clients ADD CONSTRAINT ck_clients_{name} CHECK ({condition}) NOT VALID")
