"""Starting a job, looking at it, and stopping it between two steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, func, insert, select, update

from shared import audit, clock, logs
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.errors import Conflict, Forbidden, NotFound
from shared.ids import new_id
from shared.jobs.kinds import Kind, read_actor, written
from shared.jobs.tables import JOB_QUEUE, JOBS
from shared.web.paging import paginate

OPEN_MAX: Final = 20  # jobs of one organization that have not ended
RIGHT_LOST: Final = "The person or program that started this may not do it now."
OVERSEER: Final = "organization_administration"  # the level that sees and stops everybody's


class TooManyJobs(Conflict):
    """The organization has enough under way."""

    code = "too_many_jobs"
    detail = f"{OPEN_MAX} jobs of your practice are still under way. Wait until one of them has ended."


class Finished(Conflict):
    """A job that has ended cannot be cancelled."""

    code = "finished"
    detail = "This job has ended already."


def start(
    session: Session,
    actor: Caller,
    kind: Kind,
    given: Mapping[str, Any],
    result: Mapping[str, Sequence[Any]] = MappingProxyType({}),
) -> Row[Any]:
    """Write a job down; it begins once this transaction has committed. `given`: JSON of ids and slugs.
    `result`: what it shows from the first look on, whatever comes of it.

    Raises `TooManyJobs`.
    """
    own = JOBS.c.organization_id == actor.organization_id
    still_open = select(func.count()).select_from(JOBS).where(own, JOBS.c.finished_at.is_(None))
    if (session.scalar(still_open) or 0) >= OPEN_MAX:
        raise TooManyJobs()
    job_id = new_id()
    values = {
        "organization_id": actor.organization_id,
        "id": job_id,
        "kind": kind.name,
        "state": "queued",
        "started_by": actor.actor_id,
        "actor": written(actor),
        "correlation_id": logs.correlation_id.get(),
        "input": dict(given),
        "total": kind.plan(given),
        "done": 0,
        "counts": {},
        "result": {name: list(rows) for name, rows in result.items()},
        "created_at": clock.now(),
    }
    job = session.execute(insert(JOBS).values(values).returning(JOBS)).one()
    session.execute(insert(JOB_QUEUE).values(organization_id=actor.organization_id, job_id=job_id))
    return job


def one_job(session: Session, actor: Caller, job_id: UUID, *, for_update: bool = False) -> Row[Any]:
    """A job that the actor started, or anybody's for Organization Administration. Raises `NotFound`."""
    wanted = select(JOBS).where(JOBS.c.organization_id == actor.organization_id, JOBS.c.id == job_id)
    job = session.execute(wanted.with_for_update() if for_update else wanted).first()
    if job is None or not (job.started_by == actor.actor_id or _oversees(actor)):
        raise NotFound()
    return job


def look_at(session: Session, actor: Caller, job_id: UUID) -> Row[Any]:
    """The same; a page that follows one's own job leaves no entry in the audit trail each second."""
    job = one_job(session, actor, job_id)
    if job.started_by == actor.actor_id:
        audit.describe_as_harmless(session)
    return job


def list_jobs(session: Session, actor: Caller, limit: int, cursor: str | None, state: str | None) -> dict[str, Any]:
    """The jobs that the actor started, or everybody's for Organization Administration; the last that began first."""
    wanted = select(JOBS).where(JOBS.c.organization_id == actor.organization_id)
    if not _oversees(actor):
        wanted = wanted.where(JOBS.c.started_by == actor.actor_id)
        audit.describe_as_harmless(session)
    if state is not None:
        wanted = wanted.where(JOBS.c.state == state)
    # Ids are made in the order of time.
    return paginate(session, wanted, [JOBS.c.id], limit=limit, cursor=cursor, descending=True, scalars=False)


def cancel(session: Session, actor: Caller, job_id: UUID) -> Row[Any]:
    """Stop a job. What its steps have committed stays; a step that is under way commits nothing any longer.

    Cancelled already: nothing changes. Raises `NotFound`, `Finished`.
    """
    job = one_job(session, actor, job_id, for_update=True)
    if job.state == "cancelled":
        return job
    if job.finished_at is not None:
        raise Finished()
    ended = update(JOBS).where(JOBS.c.organization_id == actor.organization_id, JOBS.c.id == job_id)
    return session.execute(ended.values(state="cancelled", finished_at=clock.now()).returning(JOBS)).one()


def end_without_right(session: Session, kinds: Iterable[Kind], starter: Caller, *, lost_at: datetime | None) -> None:
    """End the jobs of somebody who holds this now, and so may not go on with them: as failed; what is done stays.

    They need the permission of the kind, and see no less than when they began. `lost_at`: when they had this, where
    they have more again since; what they began later stays.
    """
    wanted = select(JOBS).where(
        JOBS.c.organization_id == starter.organization_id,
        JOBS.c.started_by == starter.actor_id,
        JOBS.c.finished_at.is_(None),
    )
    if lost_at is not None:
        wanted = wanted.where(JOBS.c.created_at <= lost_at)
    needs = {kind.name: kind.needs for kind in kinds}
    for job in session.execute(wanted.order_by(JOBS.c.id).with_for_update()).all():
        then = read_actor(job.organization_id, job.actor)
        narrowed = starter.sees_assigned_only and not then.sees_assigned_only
        if narrowed or needs.get(job.kind) not in starter.permissions:
            ended = update(JOBS).where(JOBS.c.organization_id == job.organization_id, JOBS.c.id == job.id)
            failed = {"code": Forbidden.code, "detail": RIGHT_LOST}
            session.execute(ended.values(state="failed", error=failed, finished_at=clock.now()))


def _oversees(actor: Caller) -> bool:
    return isinstance(actor, Person) and OVERSEER in actor.levels
