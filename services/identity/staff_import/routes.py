"""The endpoint that invites many at once."""

from __future__ import annotations

from typing import Any

from services.identity.staff_import import commands
from services.identity.staff_import.commands import Sheet
from services.identity.staff_import.rules import COLUMNS, ROWS_MAX
from services.identity.staff_import.schemas import StaffImport, StaffReportSchema, sheet_of
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import UPLOAD_BYTES_MAX, FilePart, Route


def post_staff_table(session: Session, actor: Person, file: Sheet, body: dict[str, Any]) -> dict[str, Any]:
    """Invite everybody in a table

    Invites each row by the same rules as one by one, as a whole or not at all, and reports every row, and every
    column that was not read. With `dry_run` nothing is kept and no mail is sent. A row that is
    refused because of who asks (`more_than_own`) is in the audit trail, as `post_staff`, in a dry run too.
    """
    return commands.invite_all(session, actor, file, dry_run=body["dry_run"])


ROUTES = (
    Route(
        "POST",
        "/api/v1/staff/import",
        "staff:create",
        post_staff_table,
        file=FilePart(
            sheet_of,
            "A table separated by comma, semicolon, tab or bar, or a workbook (XLSX) of which the first sheet is read;"
            f" at most {ROWS_MAX} rows. Columns: {', '.join(COLUMNS)}.",
            example=b"name,last name,email,level\nNoah,Reyes,noah@example.org,billing\n",
        ),
        body=StaffImport,
        response=StaffReportSchema,
        body_bytes_max=UPLOAD_BYTES_MAX,
        example={"dry_run": "true"},
    ),
)
