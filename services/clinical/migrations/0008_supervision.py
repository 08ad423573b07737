"""Notes that wait for a supervisor, the supervisor's signature, and the next version of a signed note."""

import sqlalchemy as sa
from alembic import op

from shared.database.migration import protect_tenant_table

revision = "clinical_0008"
down_revision = "clinical_0007"

# The draft of a next version: the seal comes off, for a reason, of the same note of the same people.
NEXT_VERSION = """
NEW.signed_at IS NULL AND NEW.reason IS NOT NULL
AND (NEW.appointment_id, NEW.client_id, NEW.case_id, NEW.author_id, NEW.template)
    = (OLD.appointment_id, OLD.client_id, OLD.case_id, OLD.author_id, OLD.template)
AND NEW.drafted_by IS NOT DISTINCT FROM OLD.drafted_by
"""


def upgrade() -> None:
    """New columns that may be empty; the checks look at new rows alone, for in earlier ones there is nothing to see."""
    for name, kind in (
        ("service_type_id", sa.UUID()),
        ("reason", sa.Text()),
        ("review", sa.Text()),
        ("submitted_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("notes", sa.Column(name, kind, nullable=True))
    op.execute("ALTER TABLE notes ADD CONSTRAINT ck_notes_review CHECK (review IS NULL OR signed_at IS NULL) NOT VALID")
    for name, kind in (
        ("countersignature", sa.Text()),
        ("countersigned_by", sa.UUID()),
        ("countersigned_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("note_versions", sa.Column(name, kind, nullable=True))
    op.create_table(
        "note_reviews",
        sa.Column("note_id", sa.UUID(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("by_staff_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organization_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "note_id"],
            ["notes.organization_id", "notes.id"],
            name=op.f("fk_note_reviews_organization_id_note_id"),
        ),
        sa.PrimaryKeyConstraint("organization_id", "id", name=op.f("pk_note_reviews")),
    )
    op.create_index("ix_note_reviews_note", "note_reviews", ["organization_id", "note_id", "id"], unique=False)
    protect_tenant_table("clinical", "note_reviews", "SELECT, INSERT")
    op.execute("DROP TRIGGER notes_sealed ON notes")
    op.execute(
        "CREATE TRIGGER notes_sealed BEFORE DELETE ON notes FOR EACH ROW"
        " WHEN (OLD.signed_at IS NOT NULL) EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER notes_sealed_update BEFORE UPDATE ON notes FOR EACH ROW"
        f" WHEN (OLD.signed_at IS NOT NULL AND NOT ({NEXT_VERSION})) EXECUTE FUNCTION refuse_change()"
    )
