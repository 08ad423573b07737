"""The endpoint that invites many at once."""

from __future__ import annotations

from typing import Any

from services.identity.staff_import import commands
from services.identity.staff_import.commands import Table
from services.identity.staff_import.schemas import StaffReportSchema, StaffTable, sheet_of
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import NOTE_BYTES_MAX, Route


def post_staff_table(session: Session, actor: Person, body: Table) -> dict[str, Any]:
    """Invite everybody in a table

    Invites each row by the same rules as one by one, as a whole or not at all, and reports every row, and every
    column that was not read. With `dry_run` nothing is kept and no mail is sent.
    """
    return commands.invite_all(session, actor, sheet_of(body), dry_run=body.dry_run)


ROUTES = (
    Route(
        "POST",
        "/api/v1/staff/import",
        "staff:create",
        post_staff_table,
        body=StaffTable,
        response=StaffReportSchema,
        body_bytes_max=NOTE_BYTES_MAX,
        example={
            "kind": "csv",
            "content": "bmFtZSxsYXN0IG5hbWUsZW1haWwsbGV2ZWwKTm9haCxSZXllcyxub2FoQGV4YW1wbGUub3JnLGJpbGxpbmcK",
            "dry_run": True,
        },
    ),
)
