"""Taking a file, having its rows checked, and having its clients added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import null, update

from services.clients.client_import.appointments import settle_appointments
from services.clients.client_import.columns import DAYS, NEEDS, OWN, mapped
from services.clients.client_import.models import ClientImport, ClientImportRow
from services.clients.client_import.queries import (
    ensure_may_compare,
    how_far,
    job_of,
    one_import,
    one_row,
    row_of,
    state_of,
)
from services.clients.client_import.rules import (
    ADD,
    CHECK,
    CREATE,
    READY,
    SAME,
    AlreadyCommitted,
    NoDecisionNeeded,
    NotChecked,
    is_for_people,
)
from services.clients.client_import.steps import step
from services.clients.client_import.therapists import settle_therapists, therapists_of
from services.clients.client_import.values import order_of
from services.clients.own_fields.queries import all_fields
from services.clients.profiles.queries import one_client
from shared import audit, clock
from shared.actor import Caller
from shared.database.many_rows import insert_rows
from shared.database.session import Session
from shared.ids import new_id_of
from shared.jobs import commands as jobs
from shared.jobs.kinds import Kind
from shared.spreadsheets.table_file import TableFile

ROWS_AT_ONCE: Final = 1_000
# What a check says of a row, or a person after it.
CHECKED: Final = (
    "result",
    "person",
    "errors",
    "checked",
    "candidates",
    "staff_id",
    "appointment_at",
    "decision",
    "decided_client_id",
    "decided_by",
    "decided_at",
)
PERMISSION: Final = "client_imports:manage"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is to be taken. `mapping`: header -> fact, None to leave a column out. `appointment_service_id`: of
    the next appointments; None: the only service of the practice.
    """

    mapping: Mapping[str, str | None]
    dry_run: bool
    on_duplicate: str
    appointment_service_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ColumnsRead:
    """How columns are to be read: `mapping` and the service of next appointments, as in `ImportOptions`."""

    mapping: Mapping[str, str | None]
    appointment_service_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decides on a row. `client_id`: with `same`, who the person of the row is."""

    decision: str
    client_id: UUID | None = None


# Why a row is not added after a decision: the reason in the file of rows that were not added.
LEFT_OUT: Final = {"field": "", "code": "left_out", "detail": "Somebody decided to leave this row out."}
THE_SAME: Final = {
    "field": "",
    "code": "same_client",
    "detail": "Somebody decided who this person is.",
}


def start(session: Session, actor: Caller, table: TableFile, wanted: ImportOptions) -> dict[str, Any]:
    """Keep the rows of a file, and start to check them; without `dry_run` to add their clients as well.

    A file that cannot be read is an import that has failed. Raises `Invalid` for a mapping that does not fit,
    `TooManyJobs`, and what `ensure_may_compare` raises.
    """
    ensure_may_compare(actor)
    imported = ClientImport(
        organization_id=actor.organization_id,
        id=new_id_of(actor.organization_id),
        created_at=clock.now(),
        created_by=actor.actor_id,
        dry_run=wanted.dry_run,
        on_duplicate=wanted.on_duplicate,
        error_code=table.problem,
        appointment_service_id=wanted.appointment_service_id,
        decided=0,
        header=[],
        mapping={},
        positions={},
        day_first_at=[],
        day_first=[],
        ignored_columns=[],
        rows_total=0,
    )
    session.add(imported)
    session.flush()
    if table.problem is None:
        _keep_rows(session, actor, imported, table, wanted.mapping)
        phases = [CHECK] if wanted.dry_run else [CHECK, ADD]
        imported.job_id = jobs.start(session, actor, IMPORT, _given(imported, phases)).id
        session.flush()
    audit.describe(session, object_id=imported.id, client_ids=(), dry_run=wanted.dry_run)
    audit.describe(session, rows=imported.rows_total, problem=table.problem)
    return state_of(session, imported)


def add_clients(session: Session, actor: Caller, import_id: UUID) -> dict[str, Any]:
    """Start to add the clients of a dry run whose rows are checked. Raises `NotFound`, `NotChecked`,
    `AlreadyCommitted`, `TooManyJobs`.
    """
    imported = _checked_import(session, actor, import_id)
    imported.dry_run = False
    imported.job_id = jobs.start(session, actor, IMPORT, _given(imported, [ADD])).id
    session.flush()
    audit.describe(session, object_id=imported.id, client_ids=(), rows=imported.rows_total)
    return state_of(session, imported)


def change_mapping(session: Session, actor: Caller, import_id: UUID, wanted: ColumnsRead) -> dict[str, Any]:
    """Read the columns of a checked file otherwise, and check all its rows anew: what was decided on them is forgotten.

    Raises `NotFound`, `NotChecked`, `AlreadyCommitted`, `TooManyJobs`; `Invalid` for a mapping that does not fit.
    """
    imported = _checked_import(session, actor, import_id)
    _read_as(session, actor, imported, wanted.mapping)
    imported.appointment_service_id = wanted.appointment_service_id
    session.execute(
        update(ClientImportRow)
        .where(ClientImportRow.organization_id == imported.organization_id, ClientImportRow.import_id == imported.id)
        .values(dict.fromkeys(CHECKED, null()))
        .execution_options(synchronize_session=False)
    )
    imported.decided = 0
    imported.job_id = jobs.start(session, actor, IMPORT, _given(imported, [CHECK])).id
    session.flush()
    audit.describe(session, object_id=imported.id, client_ids=(), rows=imported.rows_total)
    return state_of(session, imported)


def decide(session: Session, actor: Caller, import_id: UUID, number: int, wanted: Decision) -> dict[str, Any]:
    """Decide what becomes of a row on which people decide; deciding anew replaces the decision.

    Raises `NotFound`, also for a client whom the actor may not see, `NotChecked`, `AlreadyCommitted`,
    `NoDecisionNeeded`.
    """
    imported = _checked_import(session, actor, import_id)
    row = one_row(session, imported, number)
    if not is_for_people(row.result, row.decision, row.errors or ()):
        raise NoDecisionNeeded()
    if wanted.client_id is not None:
        one_client(session, actor, wanted.client_id)
    if row.decision is None:
        imported.decided += 1
    row.decision, row.decided_client_id = wanted.decision, wanted.client_id
    row.decided_by, row.decided_at = actor.actor_id, clock.now()
    if wanted.decision == CREATE:
        row.result, row.errors = READY, []
    else:
        row.result, row.errors = "duplicate", [THE_SAME if wanted.decision == SAME else LEFT_OUT]
    settle_therapists([row], therapists_of(session, actor, imported, [row]) if wanted.decision == CREATE else {})
    settle_appointments(session, actor, imported, [row])
    session.flush()
    shown = [wanted.client_id] if wanted.client_id else []
    audit.describe(session, object_id=imported.id, client_ids=shown, row=number, decision=wanted.decision)
    return row_of(imported, row)


def _checked_import(session: Session, actor: Caller, import_id: UUID) -> ClientImport:
    """A dry run whose rows are checked, locked. Raises `NotFound`, `AlreadyCommitted`, `NotChecked`."""
    imported = one_import(session, actor, import_id, for_update=True)
    if not imported.dry_run:
        raise AlreadyCommitted()
    if how_far(imported, job_of(session, imported)) != "done":
        raise NotChecked()
    return imported


def cancel(session: Session, actor: Caller, import_id: UUID) -> dict[str, Any]:
    """Stop an import between two steps; clients that are added stay. Raises `NotFound`, `Finished`."""
    imported = one_import(session, actor, import_id)
    if imported.job_id is None:
        raise jobs.Finished()
    jobs.cancel(session, actor, imported.job_id)
    audit.describe(session, object_id=imported.id, client_ids=())
    return state_of(session, imported)


def _keep_rows(
    session: Session, actor: Caller, imported: ClientImport, table: TableFile, wanted: Mapping[str, str | None]
) -> None:
    """Those with anything in them, a batch at a time, and what the columns mean.

    Each column that may hold dates is looked at: which of them are dates, somebody may say later.
    """
    rows = table.rows()
    imported.header = next(rows, [])
    _read_as(session, actor, imported, wanted)
    orders: dict[int, set[str]] = defaultdict(set)
    numbered = ((number, cells) for number, cells in enumerate(rows, start=2) if any(cells))
    while batch := list(islice(numbered, ROWS_AT_ONCE)):
        for _, cells in batch:
            for position, cell in enumerate(cells):
                if order := order_of(cell):
                    orders[position].add(order)
        own = {
            "organization_id": imported.organization_id,
            "import_id": imported.id,
            "created_at": imported.created_at,
        }
        insert_rows(
            session, ClientImportRow.__tablename__, [{**own, "number": n, "cells": cells} for n, cells in batch]
        )
        imported.rows_total += len(batch)
    imported.day_first_at = sorted(position for position, found in orders.items() if found == {"day"})
    _read_as(session, actor, imported, wanted)


def _read_as(session: Session, actor: Caller, imported: ClientImport, wanted: Mapping[str, str | None]) -> None:
    """Which column holds what, of what the actor may bring. Raises `Invalid` for a mapping that does not fit."""
    barred = {fact for fact, permission in NEEDS.items() if not actor.may(permission)}
    own = [field for field in all_fields(session, actor) if not field.archived]
    columns = mapped(imported.header, wanted, barred, {field.slug: field.name for field in own})
    imported.positions = dict(columns.fields)
    imported.mapping = {name: imported.header[position] for name, position in columns.fields.items()}
    imported.ignored_columns = [asdict(column) for column in columns.ignored]
    days = (*DAYS, *(OWN + field.slug for field in own if field.type == "date"))
    imported.day_first = [name for name in days if columns.fields.get(name) in imported.day_first_at]


def _given(imported: ClientImport, phases: list[str]) -> dict[str, Any]:
    return {"import_id": str(imported.id), "rows": imported.rows_total, "phases": phases}


def _plan(given: Mapping[str, Any]) -> int:
    return int(given["rows"]) * len(given["phases"])


IMPORT: Final = Kind("import_clients", PERMISSION, _plan, step)
