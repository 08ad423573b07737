"""In which case a note lies is no part of what was signed: it is filed in another one when two clients are separated."""

from alembic import op

revision = "clinical_0060"
down_revision = "clinical_0052"

# The draft of a next version, as revision 0008 lets it pass.
NEXT_VERSION = """
NEW.signed_at IS NULL AND NEW.reason IS NOT NULL
AND (NEW.appointment_id, NEW.client_id, NEW.case_id, NEW.author_id, NEW.template)
    = (OLD.appointment_id, OLD.client_id, OLD.case_id, OLD.author_id, OLD.template)
AND NEW.drafted_by IS NOT DISTINCT FROM OLD.drafted_by
"""
FILED = "- 'version' - 'case_id'"
CHANGED = f"to_jsonb(OLD) {FILED} IS DISTINCT FROM to_jsonb(NEW) {FILED}"


def upgrade() -> None:
    """The triggers refuse what they refused, but for another case."""
    op.execute("DROP TRIGGER notes_sealed_update ON notes")
    op.execute(
        "CREATE TRIGGER notes_sealed_update BEFORE UPDATE ON notes FOR EACH ROW"
        f" WHEN (OLD.signed_at IS NOT NULL AND NOT ({NEXT_VERSION}) AND {CHANGED}) EXECUTE FUNCTION refuse_change()"
    )
    op.execute("DROP TRIGGER notes_discarded ON notes")
    op.execute(
        "CREATE TRIGGER notes_discarded_update BEFORE UPDATE ON notes FOR EACH ROW"
        f" WHEN (OLD.review = 'discarded' AND {CHANGED}) EXECUTE FUNCTION refuse_change_of_discarded()"
    )
    op.execute(
        "CREATE TRIGGER notes_discarded BEFORE DELETE ON notes FOR EACH ROW"
        " WHEN (OLD.review = 'discarded') EXECUTE FUNCTION refuse_change_of_discarded()"
    )
