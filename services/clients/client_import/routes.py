"""The endpoints of importing clients."""

from __future__ import annotations

from typing import IO, Any
from uuid import UUID

from services.clients.client_import import commands, queries, undo
from services.clients.client_import.commands import PERMISSION, ColumnsRead, Decision, ImportOptions
from services.clients.client_import.row_schemas import DecisionSchema, ImportRowSchema, ImportRowsPage, ImportRowsQuery
from services.clients.client_import.rules import ROWS_MAX
from services.clients.client_import.schemas import (
    ImportForm,
    ImportSchema,
    ImportsPage,
    MappingSchema,
)
from shared.actor import Caller
from shared.database.session import Session
from shared.spreadsheets.table_file import TableFile, read_apart
from shared.web.paging import PageQuery
from shared.web.routes import UPLOAD_BYTES_MAX, FilePart, Route, Streamed

PATH = "/api/v1/client-imports"
IMPORT = f"{PATH}/{{import_id}}"


def post_client_import(session: Session, actor: Caller, file: TableFile, body: ImportOptions) -> dict[str, Any]:
    """Import clients from a table

    Keeps the rows of the file for 30 days, not the file, and starts to check each as a client who is added by hand.
    Then nobody is added until somebody commits, unless `dry_run` is false. Columns may stand in any order and are known
    by the headers that client lists use. A file that cannot be read is an import with the state `failed`. Rows say who
    may be a client already, so a program needs the permission clients:read as well, here and for its import.
    """
    return commands.start(session, actor, file, body)


def get_client_imports(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List imports of clients

    Those of the practice, of the last 37 days; for a program those that it began itself, and it finds no other import
    (404). The rows of an import are kept for 30.
    """
    return queries.list_imports(session, actor, **query)


def get_client_import(session: Session, actor: Caller, import_id: UUID) -> dict[str, Any]:
    """Read how far an import has come

    A page asks once a second at most.
    """
    return queries.read_import(session, actor, import_id)


def get_client_import_rows(session: Session, actor: Caller, import_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List the rows of an import

    Those that were checked, each with what became of it, and why.
    """
    return queries.list_rows(session, actor, import_id, **query)


def patch_client_import_row(
    session: Session, actor: Caller, import_id: UUID, row: int, body: Decision
) -> dict[str, Any]:
    """Decide on a row of an import

    On rows of people who may be clients already, and of people who stand twice in the file: 409 `no_decision_needed`
    on others. As long as the import is checked and nobody has committed it; deciding anew replaces the decision. A
    client who was added since and has the same name and birthday is not added twice, whatever was decided.
    """
    return commands.decide(session, actor, import_id, row, body)


def put_client_import_mapping(session: Session, actor: Caller, import_id: UUID, body: ColumnsRead) -> dict[str, Any]:
    """Read the columns of an import otherwise

    As long as it is checked and nobody has committed it. All rows are checked anew, and what was decided on them is
    forgotten. Columns that the mapping does not name are read by their headers. 422 names each header that the file
    does not have, and each fact that two columns were given.
    """
    return commands.change_mapping(session, actor, import_id, body)


def get_client_import_errors(session: Session, actor: Caller, import_id: UUID) -> Streamed:
    """Take the rows that were not added, or not with all that they say, as a file

    CSV with the number of each row, what became of it, the reason, and its cells. A cell that a spreadsheet would read
    as a formula has an apostrophe before it.
    """
    return queries.error_file(session, actor, import_id)


def post_client_import_commit(session: Session, actor: Caller, import_id: UUID) -> dict[str, Any]:
    """Add the clients of an import

    Each as if somebody added them by hand. Who has become a client since the check is not added twice. Whom the column
    `therapist` names, by full name or e-mail, is assigned if the importer may assign them; where nobody is, the client
    is added all the same, the row is `created_with_problem`, and its `errors` say why. So it is where the column
    `next_appointment` cannot be booked. Appointments are booked in the name of the importer, with the therapist of the
    row, a moment after the client was added: `counts.bookings_waiting` says how many are not booked so far.
    """
    return commands.add_clients(session, actor, import_id)


def post_client_import_undo(session: Session, actor: Caller, import_id: UUID) -> dict[str, Any]:
    """Undo an import

    For who began it; others need the permission clients:delete. Deletes the clients whom it added and nobody has used
    since. Clinical and billing are asked about a hundred at a time, and hold them meanwhile, as when one is deleted.
    The assignments that it made itself do not count, and are taken back. Who has appointments or other records, or was
    changed since, assigned to somebody, related to a client or told apart from one, stays: their row is `kept`, and its
    `errors` say why (`has_appointments`, `used`, `changed_since`). An import that is undone already, or is being
    undone, is not changed. Where it stopped before its end, undoing it again goes on.
    """
    return undo.undo(session, actor, import_id)


def post_client_import_cancellation(session: Session, actor: Caller, import_id: UUID) -> dict[str, Any]:
    """Cancel an import

    It stops between two steps: clients who are added stay, and who is taken back is gone. For the person or program
    that started it, and for Organization Administration.
    """
    return commands.cancel(session, actor, import_id)


def _table_of(file: IO[bytes]) -> TableFile:
    return read_apart(file, ROWS_MAX)


ROUTES = (
    Route(
        "POST",
        PATH,
        PERMISSION,
        post_client_import,
        file=FilePart(
            _table_of,
            "A table separated by comma, semicolon, tab or bar, or a workbook (XLSX) of which the first sheet is read;"
            f" at most {ROWS_MAX:,} rows.",
            example=b"First name,Last name,Date of birth\nAda,Byron,12/10/1985\n",
        ),
        body=ImportForm,
        response=ImportSchema,
        status=202,
        makes=IMPORT,
        body_bytes_max=UPLOAD_BYTES_MAX,
        example={"dry_run": "true"},
    ),
    Route(
        "GET",
        PATH,
        PERMISSION,
        get_client_imports,
        query=PageQuery,
        response=ImportsPage,
        audit="client_imports.list",
    ),
    Route("GET", IMPORT, PERMISSION, get_client_import, response=ImportSchema, audit="client_import.read"),
    Route(
        "GET",
        f"{IMPORT}/rows",
        PERMISSION,
        get_client_import_rows,
        query=ImportRowsQuery,
        response=ImportRowsPage,
        audit="client_import.rows",
    ),
    Route(
        "PUT",
        f"{IMPORT}/mapping",
        PERMISSION,
        put_client_import_mapping,
        body=MappingSchema,
        response=ImportSchema,
        status=202,
        example={"mapping": {"Forenames": "given_name"}},
    ),
    Route(
        "PATCH",
        f"{IMPORT}/rows/{{row}}",
        PERMISSION,
        patch_client_import_row,
        body=DecisionSchema,
        response=ImportRowSchema,
        example={"decision": "create"},
    ),
    Route(
        "GET",
        f"{IMPORT}/errors.csv",
        PERMISSION,
        get_client_import_errors,
        streams=("text/csv",),
        audit="client_import.errors",
    ),
    Route(
        "POST",
        f"{IMPORT}/commit",
        PERMISSION,
        post_client_import_commit,
        response=ImportSchema,
        status=202,
        makes=IMPORT,
    ),
    Route(
        "POST",
        f"{IMPORT}/undo",
        PERMISSION,
        post_client_import_undo,
        response=ImportSchema,
        status=202,
        makes=IMPORT,
    ),
    Route(
        "POST",
        f"{IMPORT}/cancel",
        PERMISSION,
        post_client_import_cancellation,
        response=ImportSchema,
        keyed=False,
    ),
)
