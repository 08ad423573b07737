"""Nothing is kept for the release that looked for the business key on draft lines. Runs again if interrupted.

Since revision 0009 `billed_services` alone says which line bills a service. The release before this one neither reads
`invoice_draft_lines.live` nor needs the triggers or the index: it only names the column, which is why that stays for
one release, filled by a default. The next one drops it.
"""

from alembic import op

from shared.database.migration import drop_index, fill_in

revision = "0027"
down_revision = "0026"

# A line that replaced an issued one was copied here to hold the key. A draft's own line is never a replacement.
COPIES = """
DELETE FROM invoice_draft_lines AS copy USING invoice_lines AS issued
WHERE issued.organization_id = copy.organization_id AND issued.id = copy.id AND issued.supersedes_line_id IS NOT NULL
"""


def upgrade() -> None:
    """Short locks, one table at a time. First the index: without the triggers, lines of void invoices stay `live`."""
    drop_index("uq_invoice_draft_lines_live")
    with op.get_context().autocommit_block():
        op.execute("DROP TRIGGER IF EXISTS follow ON invoice_draft_lines")
        op.execute("DROP TRIGGER IF EXISTS follow ON billed_services")
        op.execute("DROP FUNCTION IF EXISTS follow_draft_line()")
        op.execute("DROP FUNCTION IF EXISTS follow_billed_service()")
        op.execute("ALTER TABLE invoice_draft_lines ALTER COLUMN live SET DEFAULT true")
    fill_in(["invoice_draft_lines", "invoice_lines"], COPIES)
