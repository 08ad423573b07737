"""Reading imports: how far they have come, their rows, and the file of those that were not taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, func, select

from services.clients.client_import.models import ClientImport, ClientImportRow
from services.clients.client_import.presets import recognized
from services.clients.client_import.rules import (
    CREATED,
    KEPT,
    READY,
    READY_WITH_PROBLEM,
    REMOVED,
    TAKEN_BACK,
    VALUE_CHARACTERS_MAX,
    WAITING,
    WITH_PROBLEM,
    WITH_REASONS,
)
from services.clients.client_import.values import balance_of
from shared import audit
from shared.actor import Caller, Program
from shared.database.session import Session
from shared.errors import Forbidden, NotFound
from shared.jobs.tables import JOBS
from shared.spreadsheets.table_file import PROBLEMS
from shared.spreadsheets.tabular import csv_lines
from shared.web.paging import paginate
from shared.web.routes import Run, Streamed

FILE_ROWS: Final = 500  # that are held at once
EXAMPLES: Final = 3  # rows that show what stands in a column
HEAD: Final = ("Row", "Result", "Reason")
_JOBS: Final = select(JOBS.c.id, JOBS.c.state, JOBS.c.done, JOBS.c.total, JOBS.c.error)
REASONS: Final = {
    "same_name_and_birth_date": "A client has the same name and birthday.",
    "same_contact": "A client may be the same person: phone or e-mail is the same.",
    "similar_name": "A client may be the same person: the birthday and a part of the name are the same.",
}


def one_import(session: Session, actor: Caller, import_id: UUID, *, for_update: bool = False) -> ClientImport:
    """An import that the actor may know of; raises `NotFound`, and what `ensure_may_compare` raises."""
    wanted = _known_to(actor).where(ClientImport.id == import_id)
    found = session.scalars(wanted.with_for_update() if for_update else wanted).first()
    if found is None:
        raise NotFound()
    ensure_may_compare(actor)
    return found


def ensure_may_compare(actor: Caller) -> None:
    """Each row says whether somebody is a client already, so importing takes reading clients; raises `Forbidden`.

    People who import read clients anyway; a program may hold the one permission without the other.
    """
    if not actor.may("clients:read"):
        raise Forbidden.without("clients:read")


def _known_to(actor: Caller) -> Select[ClientImport]:
    """A person knows of all imports of the organization, a program of those that it began itself."""
    wanted = select(ClientImport).where(ClientImport.organization_id == actor.organization_id)
    return wanted.where(ClientImport.created_by == actor.actor_id) if isinstance(actor, Program) else wanted


def one_row(session: Session, imported: ClientImport, number: int) -> ClientImportRow:
    """A row of an import by its number in the file; raises `NotFound`."""
    found = session.get(ClientImportRow, (imported.organization_id, imported.id, number))
    if found is None:
        raise NotFound()
    return found


def read_import(session: Session, actor: Caller, import_id: UUID) -> dict[str, Any]:
    """How far an import has come. Raises `NotFound`."""
    imported = one_import(session, actor, import_id)
    audit.describe(session, object_id=imported.id, client_ids=())
    return state_of(session, imported)


def list_imports(session: Session, actor: Caller, limit: int, cursor: str | None) -> dict[str, Any]:
    """The imports of the last 37 days that the actor may know of; the last that was started comes first."""
    wanted = _known_to(actor)
    page = paginate(session, wanted, [ClientImport.id], limit=limit, cursor=cursor, descending=True)
    audit.describe(session, client_ids=())
    of_them = {imported.job_id for imported in page["items"] if imported.job_id}
    found = session.execute(_JOBS.where(JOBS.c.organization_id == actor.organization_id, JOBS.c.id.in_(of_them)))
    jobs = {job.id: job for job in found}
    return {**page, "items": [_shown(imported, jobs.get(imported.job_id)) for imported in page["items"]]}


def state_of(session: Session, imported: ClientImport) -> dict[str, Any]:
    """An import as an answer shows it, with how many of its rows came to what."""
    job = job_of(session, imported)  # before the rows: what is done has all its counts
    own = ClientImportRow.organization_id == imported.organization_id, ClientImportRow.import_id == imported.id
    wanted = select(ClientImportRow.result, func.count()).where(*own).group_by(ClientImportRow.result)
    counts = {result: count for result, count in session.execute(wanted) if result is not None}
    return {
        **_shown(imported, job),
        "columns": _columns(session, imported),
        "counts": {
            CREATED: counts.get(CREATED, 0) + (counts.get(READY, 0) if imported.dry_run else 0),
            WITH_PROBLEM: counts.get(WITH_PROBLEM, 0) + (counts.get(READY_WITH_PROBLEM, 0) if imported.dry_run else 0),
            "errors": counts.get("error", 0),
            "duplicates": counts.get("duplicate", 0),
            "needs_decision": counts.get("needs_decision", 0),
            "decided": imported.decided,
            "bookings_waiting": _bookings(session, imported, WAITING),
            "bookings_taken_back": _bookings(session, imported, TAKEN_BACK) if imported.undone_at else 0,
            "removed": counts.get(REMOVED, 0),
            "kept": counts.get(KEPT, 0),
        },
    }


def _bookings(session: Session, imported: ClientImport, state: str) -> int:
    """How many appointments clinical has not answered, or were taken back: an index serves each."""
    own = ClientImportRow.organization_id == imported.organization_id, ClientImportRow.import_id == imported.id
    return session.scalar(select(func.count()).where(*own, ClientImportRow.booking == state)) or 0


def _columns(session: Session, imported: ClientImport) -> list[dict[str, Any]]:
    """Each column in the order of the file: what it is read as, or why not, and what stands in its first cells."""
    own = ClientImportRow.organization_id == imported.organization_id, ClientImportRow.import_id == imported.id
    wanted = select(ClientImportRow.cells).where(*own).order_by(ClientImportRow.number).limit(EXAMPLES)
    first = session.scalars(wanted).all()
    facts = {position: fact for fact, position in imported.positions.items()}
    reasons = iter(imported.ignored_columns)
    return [
        {
            "column": header,
            "fact": facts.get(position),
            "reason": None if position in facts else next(reasons)["reason"],
            "examples": [
                cells[position][:VALUE_CHARACTERS_MAX] for cells in first if position < len(cells) and cells[position]
            ],
        }
        for position, header in enumerate(imported.header)
    ]


def job_of(session: Session, imported: ClientImport) -> Row[*tuple[Any, ...]] | None:
    """The job that checks its rows or adds its clients; None where there is none, or it is forgotten."""
    wanted = _JOBS.where(JOBS.c.organization_id == imported.organization_id, JOBS.c.id == imported.job_id)
    return session.execute(wanted).first()


def list_rows(
    session: Session, actor: Caller, import_id: UUID, limit: int, cursor: str | None, result: str | None
) -> dict[str, Any]:
    """One page of the rows that were checked, in the order of the file. Raises `NotFound`."""
    imported = one_import(session, actor, import_id)
    wanted = select(ClientImportRow).where(
        ClientImportRow.organization_id == imported.organization_id,
        ClientImportRow.import_id == imported.id,
        ClientImportRow.result.is_not(None) if result is None else ClientImportRow.result == result,
    )
    page = paginate(session, wanted, [ClientImportRow.number], limit=limit, cursor=cursor)
    shown = [row.client_id for row in page["items"] if row.client_id]
    audit.describe(session, object_id=imported.id, client_ids=shown, rows=len(page["items"]))
    return {**page, "items": [row_of(imported, row) for row in page["items"]]}


def error_file(session: Session, actor: Caller, import_id: UUID) -> Streamed:
    """The rows that were not taken as a file: their number, the reason, and their cells. Raises `NotFound`."""
    imported = one_import(session, actor, import_id)
    audit.describe(session, object_id=imported.id, client_ids=())
    own = imported.organization_id, imported.id
    facts = sorted(imported.positions, key=lambda name: imported.positions[name])
    header = [*HEAD, *(imported.mapping[name] for name in facts)]
    places = [imported.positions[name] for name in facts]

    def content(run: Run) -> Iterator[bytes]:
        yield csv_lines([header])
        last = 0
        while rows := run(partial(_refused, of=own, last=last)):
            yield csv_lines([_line(row, places) for row in rows])
            last = rows[-1].number

    return Streamed("text/csv", "rows-not-imported.csv", content)


def row_of(imported: ClientImport, row: ClientImportRow) -> dict[str, Any]:
    """A row as an answer shows it, with what the file says of the person, by fact."""
    cells = {name: row.cells[place] for name, place in imported.positions.items() if place < len(row.cells)}
    return {
        "number": row.number,
        "result": row.result,
        "client_id": row.client_id,
        "errors": row.errors,
        "candidates": row.candidates,
        "staff_id": row.staff_id,
        "next_appointment_at": row.appointment_at,
        "booking": row.booking,
        "appointment_id": row.appointment_id,
        "opening_balance_cents": balance_of(imported.positions, row.cells),
        "date_of_birth": date.fromisoformat(row.person.partition(" ")[0]) if row.person else None,
        "decision": row.decision,
        "decided_client_id": row.decided_client_id,
        "decided_by": row.decided_by,
        "decided_at": row.decided_at,
        "values": {name: cell[:VALUE_CHARACTERS_MAX] for name, cell in cells.items() if cell},
    }


def _refused(session: Session, *, of: tuple[UUID, UUID], last: int) -> Sequence[Row[Any]]:
    """The next rows of an import, by organization and id, that came to nothing: those behind the row `last`."""
    kept = ClientImportRow
    organization_id, import_id = of
    wanted = select(kept.number, kept.result, kept.cells, kept.errors, kept.candidates).where(
        kept.organization_id == organization_id,
        kept.import_id == import_id,
        kept.number > last,
        kept.result.in_(WITH_REASONS),
    )
    return session.execute(wanted.order_by(kept.number).limit(FILE_ROWS)).all()


def _line(row: Row[Any], places: Sequence[int]) -> list[Any]:
    reasons = [f"{error['field']}: {error['detail']}".removeprefix(": ") for error in row.errors or ()]
    likely = [REASONS[reason] for candidate in row.candidates or () for reason in candidate["reasons"]]
    cells = [row.cells[place] if place < len(row.cells) else "" for place in places]
    return [row.number, row.result, " ".join(reasons or likely[:1]), *cells]


def how_far(imported: ClientImport, job: Row[*tuple[Any, ...]] | None) -> str:
    """The state of an import: its job's; a file that could not be read has none, and one whose job is forgotten is
    done.
    """
    return "failed" if imported.error_code else str(job.state) if job is not None else "done"


def _shown(imported: ClientImport, job: Row[*tuple[Any, ...]] | None) -> dict[str, Any]:
    """An import without its counts."""
    error = dict(job.error) if job is not None and job.error else None
    if imported.error_code is not None:
        error = {"code": imported.error_code, "detail": PROBLEMS[imported.error_code]}
    done = imported.rows_total if job is None or not job.total else job.done * imported.rows_total // job.total
    return {
        "id": imported.id,
        "state": how_far(imported, job),
        "dry_run": imported.dry_run,
        "created_at": imported.created_at,
        "created_by": imported.created_by,
        "on_duplicate": imported.on_duplicate,
        "undone_at": imported.undone_at,
        "next_appointment_service_id": imported.appointment_service_id,
        "preset": recognized(imported.header),
        "mapping": {header: fact for fact, header in imported.mapping.items()},
        "ignored_columns": imported.ignored_columns,
        "rows_total": imported.rows_total,
        "rows_done": done,
        "error": error,
    }
