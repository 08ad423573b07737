"""To whom a note was submitted: theirs is the last word on it until they decide."""

import sqlalchemy as sa
from alembic import op

revision = "clinical_0090"
down_revision = "clinical_0070"

MARK_NOTE = """
    INSERT INTO open_work_marks (organization_id, id, client_id, staff_id)
    SELECT NEW.organization_id, gen_random_uuid(), NEW.client_id, staff.id FROM (
        SELECT OLD.author_id UNION SELECT NEW.author_id
        UNION SELECT OLD.awaited_supervisor_id UNION SELECT NEW.awaited_supervisor_id
        UNION SELECT supervisor_id FROM staff_copies
            WHERE organization_id = NEW.organization_id AND id = NEW.author_id
    ) AS staff (id) WHERE staff.id IS NOT NULL;
"""


def upgrade() -> None:
    """Add only; the function marks for one person more."""
    op.add_column("notes", sa.Column("awaited_supervisor_id", sa.UUID(), nullable=True))
    op.add_column("notes", sa.Column("awaited_mode", sa.Text(), nullable=True))
    op.execute(
        "CREATE OR REPLACE FUNCTION mark_note() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN {MARK_NOTE} RETURN NULL; END $$"
    )
