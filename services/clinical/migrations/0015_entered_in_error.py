"""Diagnoses that were entered in error, and plans that were discarded: kept, with who, when and why."""

import sqlalchemy as sa
from alembic import op

revision = "clinical_0015"
down_revision = "clinical_0014"


def upgrade() -> None:
    """Columns that may be empty, and a trigger that keeps a discarded plan as it was."""
    for table, at, by, reason in (
        ("diagnoses", "entered_in_error_at", "entered_in_error_by", "entered_in_error_reason"),
        ("treatment_plans", "discarded_at", "discarded_by", "discard_reason"),
    ):
        op.add_column(table, sa.Column(at, sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column(by, sa.UUID(), nullable=True))
        op.add_column(table, sa.Column(reason, sa.Text(), nullable=True))
    op.execute(
        "CREATE TRIGGER treatment_plans_discarded BEFORE UPDATE OR DELETE ON treatment_plans FOR EACH ROW"
        " WHEN (OLD.discarded_at IS NOT NULL) EXECUTE FUNCTION refuse_change_of_discarded()"
    )
