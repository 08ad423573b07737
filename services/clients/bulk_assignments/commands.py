"""Starting to assign somebody to many clients, and a step of that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.clients.assignments.commands import assign, ensure_assignable
from services.clients.assignments.rules import ClientArchived
from services.clients.bulk_assignments.rules import CLIENT_UNKNOWN
from services.clients.copies.models import StaffCopy
from services.clients.profiles.queries import meant
from shared import audit
from shared.actor import Caller, Person
from shared.client_families import ClientMoved
from shared.database.session import Session
from shared.errors import Forbidden
from shared.jobs import commands as jobs
from shared.jobs.kinds import STEP_ROWS_MAX, Kind, Step, Work, read_actor
from shared.work_items.commands import Matter, raise_item
from shared.work_items.kinds import Kind as WorkKind

STARTER_LEFT: Final = "The person who started this has been deactivated meanwhile."
SINGLE: Final = "put_client_staff"  # in the audit trail each assignment has the name that it has by itself


@dataclass(frozen=True, slots=True)
class ManyClients:
    """Whom to assign, and to which clients."""

    staff_id: UUID
    client_ids: tuple[UUID, ...]


def start(session: Session, actor: Caller, wanted: ManyClients) -> Row[Any]:
    """Start assigning a member of staff to clients. Whom the actor may assign is judged now, which clients by the job.

    Raises as `ensure_assignable`, and `TooManyJobs`.
    """
    ensure_assignable(session, actor, wanted.staff_id)
    # In their order, so that two jobs over the same clients never wait for each other in a circle.
    client_ids = [str(client_id) for client_id in sorted(set(wanted.client_ids))]
    job = jobs.start(session, actor, ASSIGN_STAFF, {"staff_id": str(wanted.staff_id), "client_ids": client_ids})
    audit.describe(session, object_id=wanted.staff_id, client_ids=(), job_id=str(job.id), clients=len(client_ids))
    return job


def step(session: Session, work: Work) -> Step:
    """Assign to the next clients, each as if it were the only one: what cannot be is told, and stops nobody."""
    actor, staff_id = work.actor, UUID(work.input["staff_id"])
    _ensure_still_here(session, actor)
    ensure_assignable(session, actor, staff_id)
    begin = int(work.cursor or 0)
    part = [UUID(client_id) for client_id in work.input["client_ids"][begin : begin + STEP_ROWS_MAX]]
    clients = meant(session, actor, part)
    assigned, refused = [], []
    for client_id in part:
        client = clients.get(client_id)
        if client is None:
            refused.append({"client_id": str(client_id), "code": CLIENT_UNKNOWN})
            _record(session, work, client_id, client_id, outcome="denied", rule="not_found")
            continue
        try:
            _, changed = assign(session, actor, client.id, staff_id, client.status)
        except (ClientArchived, ClientMoved) as refusal:  # moved: merged a moment ago
            refused.append({"client_id": str(client_id), "code": refusal.code})
            continue
        if changed:
            assigned.append(str(client_id))
        _record(session, work, staff_id, client.id, outcome="done", rule="level")
    counts = {
        "assigned": len(assigned),
        "unchanged": len(part) - len(assigned) - len(refused),
        "refused": len(refused),
    }
    end = begin + len(part)
    cursor = str(end) if end < work.total else None
    return Step(len(part), cursor, counts, {"assigned": assigned, "refused": refused})


def _plan(given: Mapping[str, Any]) -> int:
    return len(given["client_ids"])


def _ensure_still_here(session: Session, actor: Caller) -> None:
    """Raises `Forbidden`. Somebody of whom nothing has arrived yet was signed in when they started it."""
    if isinstance(actor, Person):
        starter = session.get(StaffCopy, (actor.organization_id, actor.staff_id))
        if starter is not None and not starter.active:
            raise Forbidden(STARTER_LEFT)


def _record(session: Session, work: Work, object_id: UUID, client_id: UUID, *, outcome: str, rule: str) -> None:
    audit.record(
        session,
        work.actor,
        SINGLE,
        outcome=outcome,
        object_id=object_id,
        client_id=client_id,
        rule=rule,
        details={"job_id": str(work.job_id)},
    )


def _tell_starter(session: Session, job: Row[Any]) -> None:
    """A job that failed, or by which not every client has got its clinician, becomes a notice for who started it."""
    actor = read_actor(job.organization_id, job.actor)
    if isinstance(actor, Person) and (job.state == "failed" or job.counts.get("refused")):
        raise_item(session, REFUSED, Matter(job.organization_id, job.id, for_staff_id=actor.staff_id))


REFUSED: Final = WorkKind("assignments_refused", "an assignment of many clients that did not reach all of them", "job")
ASSIGN_STAFF: Final = Kind("assign_staff", "assignments:change", _plan, step, _tell_starter)
