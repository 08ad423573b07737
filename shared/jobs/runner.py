"""Runs the jobs of one service, a step at a time.

A step is claimed and counted in one transaction, and done in the next one, which also moves the cursor and the counts
and gives the lease back. So whatever is killed wherever, the job goes on behind its last committed step once the lease
is over. A step commits only while its lease is still its own and nobody has cancelled the job. After each step the job
stands behind those that have waited, so that a long one keeps nobody from theirs.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, delete, func, select, text, update

from shared import audit, clock, logs
from shared.back_off import seconds_before_retry
from shared.database.claim_loop import Channel, ClaimLoop
from shared.database.glance import finds
from shared.database.job_trigger import JOBS_CHANNEL
from shared.database.session import Database, Session, set_tenant, take_turns
from shared.errors import Refusal, Unavailable
from shared.failpoints import failpoint
from shared.ids import new_id
from shared.jobs.kinds import Kind, Step, Work, read_actor
from shared.jobs.metrics import ENDED, STEP_FAILURES
from shared.jobs.tables import JOB_QUEUE, JOBS

POLL_SECONDS: Final = 2.0  # behind NOTIFY: leases that are over, steps that are tried again
JUST_DUE_SECONDS: Final = 0.02  # a look that comes a little too early would have to wait for the next one
LEASE_SECONDS: Final = 30  # no step's transaction takes so long: the database ends it before
ATTEMPTS_MAX: Final = 5  # of one step; a job that needs more has failed
AGAIN_SECONDS: Final = (1.0, 60.0)  # after the first failure of a step, and the longest
AT_ONCE_MAX: Final = 2  # jobs of one organization that have begun
CLAIMING: Final = 7_203_411_003  # the lock of those who claim: begun jobs are counted one after the other
GAVE_UP: Final = {"code": "gave_up", "detail": "It failed several times at the same place. What is done stays done."}

_ANY_DUE: Final = "SELECT FROM job_queue WHERE next_at <= now() LIMIT 1"
_NEXT: Final = text("""
SELECT organization_id, job_id FROM job_queue AS waiting
WHERE next_at <= now() AND (began OR
  (SELECT count(*) FROM job_queue AS others WHERE others.organization_id = waiting.organization_id AND others.began)
  < :at_once)
ORDER BY next_at, job_id LIMIT 1 FOR UPDATE OF waiting SKIP LOCKED
""")


class LeaseLost(Exception):
    """The step outlasted its lease: another runner has the job now, or the job has ended."""


class Cancelled(Exception):
    """Somebody has cancelled the job before this step could commit."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job whose next step this process is to do, for the `attempts`th time."""

    organization_id: UUID
    job_id: UUID
    lease_id: UUID
    attempts: int


class Runner:
    """The part of the jobs process that runs a service's jobs."""

    def __init__(self, service: str, database: Database, database_url: str, kinds: Sequence[Kind]) -> None:
        self._service, self._database, self._database_url = service, database, database_url
        self._kinds: Mapping[str, Kind] = {kind.name: kind for kind in kinds}
        self._soon: float | None = None  # seconds until the last step is due again that waits for others

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        ClaimLoop(
            self._service,
            "jobs",
            is_due=lambda: finds(self._database, _ANY_DUE),
            claim_some=self.do_one_step,
            seconds=self._seconds_to_wait,
            channel=Channel(self._database_url, JOBS_CHANNEL),
        ).run(stop)

    def _seconds_to_wait(self) -> float:
        """Until the next look: what waits for the answer of others is looked at as soon as it is due."""
        soon, self._soon = self._soon, None
        return POLL_SECONDS if soon is None else min(POLL_SECONDS, soon + JUST_DUE_SECONDS)

    def do_one_step(self) -> bool:
        """Do the step that has been due for longest; whether there was one. Raises `Unavailable`."""
        claimed = self._database.run(_claim)
        if claimed is None:
            return False
        failpoint("job.after_claim")
        if claimed.attempts > ATTEMPTS_MAX:  # each time the process was gone before it could say why
            self._end(claimed, GAVE_UP)
            return True
        try:
            ended = self._database.run(lambda session: self._do(session, claimed), claimed.organization_id)
        except Cancelled:
            self._end(claimed)
        except LeaseLost:
            logs.get().warning("job_step_lost", job_id=str(claimed.job_id))
        except Unavailable as error:
            self._put_off(claimed, error)
        except Refusal as refusal:
            self._end(claimed, {"code": refusal.code, "detail": refusal.detail}, refusal)
        except Exception as error:
            self._put_off(claimed, error)
        else:
            failpoint("job.after_commit")
            if ended is not None:
                ENDED.labels(self._service, ended, "done").inc()
        return True

    def _do(self, session: Session, claimed: Claimed) -> str | None:
        """Do a step; returns the kind of the job where it was the last one."""
        job = _job(session, claimed)
        if job.finished_at is not None:
            raise Cancelled()
        actor = read_actor(job.organization_id, job.actor)
        work = Work(job.id, actor, job.input, job.cursor, job.done, job.total)
        with logs.correlated(correlation=job.correlation_id):
            step = self._kinds[job.kind].step(session, work)
        self._soon = step.wait_seconds or None
        session.flush()
        failpoint("job.after_work")
        # Only now: somebody who cancels waits for no step, and a step holds no lock of the job while it works.
        _ensure_leased(session, claimed)
        job = _job(session, claimed, for_update=True)
        if job.finished_at is not None:
            raise Cancelled()
        _keep(session, claimed, job, step)
        if step.cursor is None:
            self._tell(session, _job(session, claimed))
        failpoint("job.before_commit")
        return str(job.kind) if step.cursor is None else None

    def _end(self, claimed: Claimed, problem: Mapping[str, str] | None = None, refusal: Refusal | None = None) -> None:
        """Take a job out of the queue, as failed where there is a problem, unless somebody else has it by now.

        A job that was refused because of who started it is on record by its kind.
        """

        def work(session: Session) -> Row[Any] | None:
            if not _leave_queue(session, claimed):
                return None
            if problem is not None:
                failed = {"state": "failed", "error": dict(problem), "finished_at": clock.now()}
                ended = update(JOBS).where(*_is(claimed), JOBS.c.finished_at.is_(None)).values(failed)
                job = session.execute(ended.returning(JOBS)).first()
                if job is not None:
                    if refusal is not None:
                        actor = read_actor(job.organization_id, job.actor)
                        audit.record_refusal(session, actor, job.kind, refusal, object_id=job.id)
                    self._tell(session, job)
                    return job
            job = _job(session, claimed)
            if job.state != "done":  # somebody stopped it: what is held for it is let go
                self._tell(session, job)
            return job

        job = self._database.run(work, claimed.organization_id)
        if job is not None:
            ENDED.labels(self._service, job.kind, job.state).inc()
            logs.get().info("job_ended", job_id=str(job.id), kind=job.kind, state=job.state, problem=problem)

    def _tell(self, session: Session, job: Row[Any]) -> None:
        ended = self._kinds[job.kind].ended
        if ended is not None:
            ended(session, job)

    def _put_off(self, claimed: Claimed, error: Exception) -> None:
        """Have a step done again after a while, longer each time; after the last time the job has failed."""
        logs.get().error("job_step_failed", job_id=str(claimed.job_id), attempts=claimed.attempts, error=error)
        STEP_FAILURES.labels(self._service).inc()
        if claimed.attempts >= ATTEMPTS_MAX:
            self._end(claimed, GAVE_UP)
            return
        seconds = seconds_before_retry(claimed.attempts, *AGAIN_SECONDS)
        later = {"next_at": func.now() + timedelta(seconds=seconds), "lease_id": None}
        self._database.run(lambda session: session.execute(update(JOB_QUEUE).where(*_leased(claimed)).values(later)))


def _claim(session: Session) -> Claimed | None:
    """The job that has waited longest for its step, leased to us; None where nothing is due."""
    take_turns(session, CLAIMING)
    found = session.execute(_NEXT, {"at_once": AT_ONCE_MAX}).first()
    if found is None:
        return None
    lease_id = new_id()
    over = func.now() + timedelta(seconds=LEASE_SECONDS)
    leased = update(JOB_QUEUE).where(
        JOB_QUEUE.c.organization_id == found.organization_id, JOB_QUEUE.c.job_id == found.job_id
    )
    attempts = session.scalar(
        leased.values(lease_id=lease_id, next_at=over, began=True, attempts=JOB_QUEUE.c.attempts + 1).returning(
            JOB_QUEUE.c.attempts
        )
    )
    claimed = Claimed(found.organization_id, found.job_id, lease_id, attempts or 1)
    set_tenant(session, claimed.organization_id)
    began = update(JOBS).where(*_is(claimed), JOBS.c.state == "queued")
    session.execute(began.values(state="running", started_at=clock.now()))
    return claimed


def _job(session: Session, claimed: Claimed, *, for_update: bool = False) -> Row[Any]:
    wanted = select(JOBS).where(*_is(claimed))
    return session.execute(wanted.with_for_update() if for_update else wanted).one()


def _keep(session: Session, claimed: Claimed, job: Row[Any], step: Step) -> None:
    """Write down what came of a step, with its effect; the job stands behind those that have waited, or has ended."""
    over = step.cursor is None
    values = {
        "cursor": step.cursor,
        "done": job.done + step.done,
        "counts": {**job.counts, **{name: job.counts.get(name, 0) + more for name, more in step.counts.items()}},
        "result": {**job.result, **{name: [*job.result.get(name, ()), *more] for name, more in step.result.items()}},
        **({"state": "done", "finished_at": clock.now()} if over else {}),
    }
    session.execute(update(JOBS).where(*_is(claimed)).values(values))
    if over:
        _leave_queue(session, claimed)
    else:
        due = func.now() + timedelta(seconds=step.wait_seconds)
        behind = {"next_at": due, "lease_id": None, "attempts": 0}
        session.execute(update(JOB_QUEUE).where(*_leased(claimed)).values(behind))


def _ensure_leased(session: Session, claimed: Claimed) -> None:
    """Raises `LeaseLost` unless the job is still ours, and keeps it so until the transaction ends."""
    if session.execute(select(JOB_QUEUE.c.job_id).where(*_leased(claimed)).with_for_update()).first() is None:
        raise LeaseLost()


def _leave_queue(session: Session, claimed: Claimed) -> bool:
    """Take a job that has ended out of the queue; whether it was ours to take."""
    return session.execute(delete(JOB_QUEUE).where(*_leased(claimed)).returning(JOB_QUEUE.c.job_id)).first() is not None


def _is(claimed: Claimed) -> tuple[Any, ...]:
    return JOBS.c.organization_id == claimed.organization_id, JOBS.c.id == claimed.job_id


def _leased(claimed: Claimed) -> tuple[Any, ...]:
    queue = JOB_QUEUE.c
    mine = queue.organization_id == claimed.organization_id, queue.job_id == claimed.job_id
    return *mine, queue.lease_id == claimed.lease_id
