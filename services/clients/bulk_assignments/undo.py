"""Undoing an assignment of many clients: what the job itself did and nobody changed since is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select

from services.clients.assignments.commands import open_work, take_off
from services.clients.assignments.models import AssignmentChange
from services.clients.bulk_assignments.commands import ASSIGN_STAFF
from services.clients.bulk_assignments.rules import (
    ASSIGNED_BEFORE,
    CHANGED_SINCE,
    CLIENT_UNKNOWN,
    HAS_OPEN_WORK,
    AssignmentUnderWay,
    NothingAssigned,
)
from services.clients.families.queries import locked_family
from services.clients.profiles.models import Client
from services.clients.profiles.queries import meant
from shared import audit
from shared.actor import Caller
from shared.client_families import ClientMoved
from shared.database.session import Session
from shared.errors import NotFound
from shared.jobs import commands as jobs
from shared.jobs.kinds import STEP_ROWS_MAX, Kind, Step, Work

SINGLE: Final = "delete_client_staff"  # in the audit trail each has the name that it has by itself


def undo(session: Session, actor: Caller, job_id: UUID) -> Row[Any]:
    """Start to take back what an assignment of many clients did: one's own, or for Organization Administration
    anybody's. Undone already, each client stays as they are.

    Raises `NotFound`, `AssignmentUnderWay`, `NothingAssigned`, `TooManyJobs`.
    """
    job = jobs.one_job(session, actor, job_id)
    if job.kind != ASSIGN_STAFF.name:
        raise NotFound()
    if job.finished_at is None:
        raise AssignmentUnderWay()
    assigned = job.result.get("assigned", [])
    if not assigned:
        raise NothingAssigned()
    given = {"job_id": str(job.id), "staff_id": job.input["staff_id"], "client_ids": assigned}
    started = jobs.start(session, actor, UNDO_ASSIGNMENT, given)
    audit.describe(
        session, object_id=UUID(job.input["staff_id"]), client_ids=(), job_id=str(started.id), clients=len(assigned)
    )
    return started


def step(session: Session, work: Work) -> Step:
    """Take the member of staff off the next clients; who stays is told with the reason."""
    job, staff_id = jobs.one_job(session, work.actor, UUID(work.input["job_id"])), UUID(work.input["staff_id"])
    begin = int(work.cursor or 0)
    part = [UUID(client_id) for client_id in work.input["client_ids"][begin : begin + STEP_ROWS_MAX]]
    clients = meant(session, work.actor, part)
    taken_off, kept = [], []
    for client_id in part:
        code = _take_back(session, work, job, staff_id, clients.get(client_id))
        if code is None:
            taken_off.append(str(client_id))
        else:
            kept.append({"client_id": str(client_id), "code": code})
    end = begin + len(part)
    counts = {"taken_off": len(taken_off), "kept": len(kept)}
    return Step(len(part), str(end) if end < work.total else None, counts, {"taken_off": taken_off, "kept": kept})


def _take_back(session: Session, work: Work, job: Row[Any], staff_id: UUID, client: Client | None) -> str | None:
    """Take somebody off a client whom that job assigned them to; the code of why they stay, if they do."""
    if client is None:
        return CLIENT_UNKNOWN
    here = client.organization_id
    try:
        family = locked_family(session, here, client.id)  # nobody assigns or takes off meanwhile
    except ClientMoved:  # merged a moment ago
        return CHANGED_SINCE
    changes = session.scalars(
        select(AssignmentChange)
        .where(
            AssignmentChange.organization_id == here,
            AssignmentChange.client_id == client.id,
            AssignmentChange.staff_id == staff_id,
        )
        .order_by(AssignmentChange.version.desc())
        .limit(2)
    ).all()
    if not changes or not _is_of(changes[0], job):
        return CHANGED_SINCE
    if len(changes) > 1 and changes[1].change == changes[0].change:  # through a case, which they did not leave
        return ASSIGNED_BEFORE
    if any(open_work(session, work.actor, family, staff_id).values()):
        return HAS_OPEN_WORK
    for each in family:
        take_off(session, work.actor, each, staff_id)
    details = {"job_id": str(work.job_id)}
    audit.record(session, work.actor, SINGLE, object_id=staff_id, client_id=client.id, rule="level", details=details)
    return None


def _is_of(change: AssignmentChange, job: Row[Any]) -> bool:
    """Whether it is the job's: made by who started it, while it ran."""
    by_them = (change.change, change.by_staff_id) == ("assigned", job.started_by)
    return by_them and job.created_at <= change.at <= job.finished_at


def _plan(given: Mapping[str, Any]) -> int:
    return len(given["client_ids"])


UNDO_ASSIGNMENT: Final = Kind("undo_assign_staff", "assignments:change", _plan, step)
