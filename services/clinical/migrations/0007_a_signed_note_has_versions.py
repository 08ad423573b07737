"""The version of a signed note moves with its addenda and amendments. Everything else of it stays sealed."""

from alembic import op

revision = "clinical_0007"
down_revision = "clinical_0006"


def upgrade() -> None:
    """One trigger becomes two, which refuse what it refused but for another version."""
    op.execute("DROP TRIGGER notes_sealed ON notes")
    op.execute(
        "CREATE TRIGGER notes_sealed BEFORE UPDATE ON notes FOR EACH ROW"
        " WHEN (OLD.signed_at IS NOT NULL AND to_jsonb(OLD) - 'version' IS DISTINCT FROM to_jsonb(NEW) - 'version')"
        " EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER notes_kept BEFORE DELETE ON notes FOR EACH ROW"
        " WHEN (OLD.signed_at IS NOT NULL) EXECUTE FUNCTION refuse_change()"
    )
