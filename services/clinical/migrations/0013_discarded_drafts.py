"""A draft that was discarded is kept as it was, and leaves its place to another. Runs again if interrupted."""

from alembic import op

from shared.database.migration import build_index

revision = "clinical_0013"
down_revision = "clinical_0012"


def upgrade() -> None:
    """Another index under the name that the previous release knows, and a trigger that keeps what was discarded."""
    build_index(
        "uq_notes_attendee_kept",
        "notes",
        ["organization_id", "appointment_id", "client_id"],
        unique=True,
        where="review IS DISTINCT FROM 'discarded'",
    )
    op.execute("DROP INDEX uq_notes_attendee")
    op.execute("ALTER INDEX uq_notes_attendee_kept RENAME TO uq_notes_attendee")
    op.execute(
        "CREATE FUNCTION refuse_change_of_discarded() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'what was discarded does not change'; END $$"
    )
    op.execute(
        "CREATE TRIGGER notes_discarded BEFORE UPDATE OR DELETE ON notes FOR EACH ROW"
        " WHEN (OLD.review = 'discarded') EXECUTE FUNCTION refuse_change_of_discarded()"
    )
