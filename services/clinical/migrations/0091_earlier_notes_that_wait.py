"""Notes that wait or were sent back know whose word they wait for; the queue of a practice is found by an index."""

from shared.database.migration import build_index, fill_in

revision = "clinical_0091"
down_revision = "clinical_0090"


def upgrade() -> None:
    """Whom their author has now. Runs again if interrupted."""
    fill_in(
        ("notes", "staff_copies"),
        """
        UPDATE notes SET awaited_supervisor_id = staff.supervisor_id, awaited_mode = staff.supervision_mode
        FROM staff_copies staff
        WHERE staff.organization_id = notes.organization_id AND staff.id = notes.author_id
            AND notes.signed_at IS NULL AND notes.review IN ('submitted', 'returned')
            AND notes.awaited_supervisor_id IS NULL
            AND staff.supervisor_id IS NOT NULL AND staff.supervision_mode IN ('approve', 'co_sign')
        """,
    )
    build_index("ix_notes_submitted", "notes", ["organization_id", "id"], where="review = 'submitted'")
    build_index(
        "ix_notes_awaited",
        "notes",
        ["organization_id", "appointment_id"],
        where="review = 'discarded' AND awaited_supervisor_id IS NOT NULL",
    )
