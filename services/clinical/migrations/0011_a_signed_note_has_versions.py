"""The version of a signed note moves with its addenda and amendments. Everything else of it stays sealed."""

from alembic import op

revision = "clinical_0011"
down_revision = "clinical_0010"

# The draft of a next version, as revision 0008 lets it pass.
NEXT_VERSION = """
NEW.signed_at IS NULL AND NEW.reason IS NOT NULL
AND (NEW.appointment_id, NEW.client_id, NEW.case_id, NEW.author_id, NEW.template)
    = (OLD.appointment_id, OLD.client_id, OLD.case_id, OLD.author_id, OLD.template)
AND NEW.drafted_by IS NOT DISTINCT FROM OLD.drafted_by
"""


def upgrade() -> None:
    """The trigger refuses what it refused, but for another version."""
    op.execute("DROP TRIGGER notes_sealed_update ON notes")
    op.execute(
        "CREATE TRIGGER notes_sealed_update BEFORE UPDATE ON notes FOR EACH ROW"
        f" WHEN (OLD.signed_at IS NOT NULL AND NOT ({NEXT_VERSION})"
        " AND to_jsonb(OLD) - 'version' IS DISTINCT FROM to_jsonb(NEW) - 'version') EXECUTE FUNCTION refuse_change()"
    )
