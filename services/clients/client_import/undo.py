"""Undoing an import: who was added and not used since is deleted; who was used stays, and the row says why.

Clients themselves know who was changed, assigned or related to somebody. Clinical and billing are asked about the
others, some hundred at a time: the cursor is the number of the last row that is done, and behind it the change that
they are asked about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, not_, select, true, tuple_, union

from services.clients.assignments.models import AssignmentChange
from services.clients.assignments.newcomers import take_off_newcomers
from services.clients.client_changes.commands import LOOK_AGAIN_SECONDS, agreed, decide, drop, put_forward, used_in
from services.clients.client_changes.deletion import forget
from services.clients.client_changes.models import ClientChange
from services.clients.client_import.commands import PERMISSION
from services.clients.client_import.models import ClientImport, ClientImportRow
from services.clients.client_import.queries import how_far, job_of, one_import, state_of
from services.clients.client_import.rules import (
    ADDED,
    BOOKED,
    CHANGED_SINCE,
    KEPT,
    REMOVED,
    STAYS,
    TAKEN_BACK,
    NotCommitted,
    UnderWay,
)
from services.clients.duplicates.models import ClientPair
from services.clients.profiles.models import Client
from services.clients.relations.models import ClientRelation
from services.clients.responsible_people.models import ResponsibleChange
from shared import audit, clock, logs
from shared.actor import Caller
from shared.change_codes import UNDO_IMPORT
from shared.database.session import Session
from shared.jobs import commands as jobs
from shared.jobs.kinds import Kind, Step, Work

STEP_ROWS_MAX: Final = 300  # more than other jobs take: each step waits for the answers of two services
FIRST_VERSION: Final = 1  # of a client whom nobody has changed, and of an assignment
UNASSIGNED: Final = "delete_client_staff"  # the name that it has by hand


def undo(session: Session, actor: Caller, import_id: UUID) -> dict[str, Any]:
    """Start to take back the clients of an import: one's own, or with clients:delete anybody's. Undone already, or
    being undone: nothing changes.

    Raises `NotFound`, `Forbidden`, `NotCommitted`, `UnderWay`, `TooManyJobs`.
    """
    imported = one_import(session, actor, import_id, for_update=True)
    if imported.created_by != actor.actor_id:
        actor.require("clients:delete")
    is_open = how_far(imported, job_of(session, imported)) in ("queued", "running")
    if is_open and not imported.dry_run and imported.undone_at is None:
        raise UnderWay()
    added = session.scalar(select(func.count()).where(*_added(imported))) or 0
    if imported.dry_run or (not added and imported.undone_at is None):
        raise NotCommitted()
    audit.describe(session, object_id=imported.id, client_ids=(), rows=added)
    if added and not is_open:
        imported.undone_at = imported.undone_at or clock.now()
        imported.job_id = jobs.start(session, actor, UNDO, {"import_id": str(imported.id), "rows": added}).id
        session.flush()
    return state_of(session, imported)


def step(session: Session, work: Work) -> Step:
    """Ask about the next clients, or take back those of whom all have agreed."""
    last, _, change_id = (work.cursor or "0").partition(" ")
    imported = one_import(session, work.actor, UUID(work.input["import_id"]))
    wanted = select(ClientImportRow).where(*_added(imported), ClientImportRow.number > int(last))
    rows = session.scalars(wanted.order_by(ClientImportRow.number).limit(STEP_ROWS_MAX)).all()
    change = agreed(session, imported.organization_id, UUID(change_id)) if change_id else None
    if change_id and change is None:
        return Step(0, work.cursor, wait_seconds=LOOK_AGAIN_SECONDS)
    after = str(rows[-1].number) if len(rows) == STEP_ROWS_MAX else None
    theirs = _Theirs.of(session, rows, change)
    if change is None and (
        unused := [client.id for client in theirs.clients.values() if theirs.why_kept(client) is None]
    ):
        change = put_forward(session, imported.organization_id, UNDO_IMPORT, unused, UNDO_IMPORT)
        return Step(0, f"{last} {change.id}")
    gone = [client_id for row in rows if (client_id := _taken_back(row, theirs)) is not None]
    if change is not None:
        _take_off(
            session, work, {client_id: theirs.assigned[client_id] for client_id in gone if client_id in theirs.assigned}
        )
        forget(session, work, gone, UNDO_IMPORT)
        decide(session, change, gone)
    return Step(len(rows), after, Counter(row.result or "" for row in rows if row.result not in ADDED))


@dataclass(frozen=True, slots=True)
class _Theirs:
    """The clients of some rows who are there, who of them was asked about, and who is used.

    Who may import sees every client, so nobody is left out here.
    """

    clients: Mapping[UUID, Client]
    touched: Set[UUID]
    proposed: Set[UUID]
    used: Mapping[UUID, str]
    versions: Mapping[UUID, int]
    assigned: Mapping[UUID, UUID]  # by the import: client -> member of staff

    @classmethod
    def of(cls, session: Session, rows: Sequence[ClientImportRow], change: ClientChange | None) -> _Theirs:
        """Locked, in the order of their ids."""
        versions = {row.client_id: row.client_version or FIRST_VERSION for row in rows if row.client_id is not None}
        assigned = {row.client_id: row.staff_id for row in rows if row.client_id and row.staff_id}
        here = {row.organization_id for row in rows}
        wanted = select(Client).where(Client.organization_id.in_(here), Client.id.in_(versions))
        clients = {client.id: client for client in session.scalars(wanted.order_by(Client.id).with_for_update())}
        return cls(
            clients=clients,
            touched=_touched(session, here, clients, assigned.items()),
            assigned=assigned,
            proposed=set(change.client_ids) if change is not None else set(),
            used=used_in(change) if change is not None else {},
            versions=versions,
        )

    def why_kept(self, client: Client) -> str | None:
        """The code of why a client stays; None: nothing is known against taking them back."""
        if client.version != self.versions[client.id] or client.id in self.touched:
            return CHANGED_SINCE
        return self.used.get(client.id)


def _touched(
    session: Session, here: Set[UUID], client_ids: Collection[UUID], assigned: Collection[tuple[UUID, UUID]]
) -> set[UUID]:
    """The clients with whom somebody did something that their version does not show: assigned somebody, related them
    to a client, said who pays, decided that a likely duplicate is another person. What the import itself did is none of
    it: its own assignment is the first of that member of staff. `assigned`: pairs of client and member of staff.
    """
    first = AssignmentChange.version == FIRST_VERSION
    own_assignment = first & tuple_(AssignmentChange.client_id, AssignmentChange.staff_id).in_(assigned)
    told_apart = ClientPair.dismissed_at.is_not(None)
    of_them: list[tuple[Any, Any, ColumnElement[bool]]] = [
        (AssignmentChange.organization_id, AssignmentChange.client_id, not_(own_assignment)),
        (ClientRelation.organization_id, ClientRelation.client_id, true()),
        (ResponsibleChange.organization_id, ResponsibleChange.client_id, true()),
        (ClientPair.organization_id, ClientPair.client_id, told_apart),
        (ClientPair.organization_id, ClientPair.other_id, told_apart),
    ]
    wanted = union(
        *(
            select(client_id).where(organization_id.in_(here), client_id.in_(client_ids), condition)
            for organization_id, client_id, condition in of_them
        )
    )
    return set(session.scalars(wanted))


def _taken_back(row: ClientImportRow, theirs: _Theirs) -> UUID | None:
    """Say what becomes of a row; the client who is deleted now, if any."""
    client = theirs.clients.get(row.client_id) if row.client_id is not None else None
    if client is None:
        row.result, row.client_id, row.booking, row.appointment_id = REMOVED, None, None, None  # deleted by hand since
    elif (why := theirs.why_kept(client)) is not None:
        row.result, row.errors = KEPT, [{"field": "", "code": why, "detail": STAYS[why]}]
    elif client.id in theirs.proposed:
        row.result, row.client_id, row.appointment_id = REMOVED, None, None
        row.booking = TAKEN_BACK if row.booking == BOOKED else None
        return client.id
    return None


def _take_off(session: Session, work: Work, assigned: Mapping[UUID, UUID]) -> None:
    """Take back what the import assigned, as by hand: with its history, and the others are told."""
    taken = take_off_newcomers(session, work.actor, list(assigned.items()))
    each = [audit.Happened(staff_id, client_id, logs.correlation_id.get()) for client_id, staff_id in taken]
    audit.record_each(session, work.actor, UNASSIGNED, each, rule="level", details={"job_id": str(work.job_id)})


def _added(imported: ClientImport) -> tuple[ColumnElement[bool], ...]:
    return (
        ClientImportRow.organization_id == imported.organization_id,
        ClientImportRow.import_id == imported.id,
        ClientImportRow.result.in_(ADDED),
    )


def _drop(session: Session, job: Row[Any]) -> None:
    """A job that failed waits for nobody: who is held for it is free again."""
    _, _, change_id = (job.cursor or "").partition(" ")
    if change_id:
        drop(session, job.organization_id, UUID(change_id))


def _plan(given: Mapping[str, Any]) -> int:
    return int(given["rows"])


UNDO: Final = Kind("undo_client_import", PERMISSION, _plan, step, _drop)
