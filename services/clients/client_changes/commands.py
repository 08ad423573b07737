"""Changes in three steps: proposed with a job, answered by clinical and billing, decided by a step of the job.

A change is decided once, in the transaction that makes it. Answers that come later, or twice, change nothing. A job
that was cancelled decides nothing: the holds end by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.clients.client_changes import rules
from services.clients.client_changes.models import ClientChange
from services.clients.client_changes.rules import Said
from shared import clock
from shared.actor import Caller
from shared.contracts.clients import ChangeDecided, ChangeProposed
from shared.database.session import Session
from shared.failpoints import failpoint
from shared.ids import new_id
from shared.jobs import commands as jobs
from shared.jobs.kinds import Kind, Step, Work
from shared.messaging import outbox

WAITS: Final = "proposed"  # where a job stands that waits for answers
LOOK_AGAIN_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Change:
    """A kind of change: how it is called, its job, whom its starter must be, what it does once all agree.

    `apply` gets the change with its clients, and works in the transaction that decides it. A refusal of it drops the
    change. `counted`: what the job counts when it is made.
    """

    name: str
    job: str
    needs: str
    counted: str
    apply: Callable[[Session, Work, ClientChange], None]


def job_of(change: Change) -> Kind:
    """The kind of job that makes such changes."""
    return Kind(change.job, change.needs, _one, lambda session, work: _step(session, work, change), _drop)


def propose(
    session: Session, actor: Caller, change: Change, job: Kind, client_ids: Sequence[UUID], reason: str
) -> Row[Any]:
    """Propose a change of clients whom the actor may change, and start the job that decides it. Raises `TooManyJobs`.

    `reason`: a slug of `REASONS`.
    """
    now = clock.now()
    proposed = ClientChange(
        organization_id=actor.organization_id,
        id=new_id(),
        created_at=now,
        kind=change.name,
        client_ids=list(client_ids),
        reason=reason,
        answer_by=now + timedelta(seconds=rules.ANSWER_SECONDS),
        answers={},
    )
    session.add(proposed)
    session.flush()
    outbox.add(
        session,
        ChangeProposed(actor.organization_id, proposed.id, 1, change.name, tuple(client_ids), proposed.answer_by),
    )
    started = jobs.start(session, actor, job, {"change_id": str(proposed.id)})
    failpoint("change.proposed")
    return started


def keep_answer(
    session: Session, organization_id: UUID, change_id: UUID, service: str, code: str, held_until: datetime | None
) -> None:
    """Keep the first answer of a service to a change that is not decided."""
    found = session.get(ClientChange, (organization_id, change_id), with_for_update=True)
    if found is None or found.outcome is not None or service in found.answers:
        return
    found.answers = {**found.answers, service: Said(code, held_until).stored}


def _one(_given: Mapping[str, Any]) -> int:
    return 1


def _step(session: Session, work: Work, change: Change) -> Step:
    found = session.get_one(ClientChange, _key(work.actor.organization_id, work.input), with_for_update=True)
    answers = {service: Said.of(stored) for service, stored in found.answers.items()}
    if not rules.ensure_agreed(answers, clock.now(), found.answer_by):
        return Step(0, WAITS, wait_seconds=LOOK_AGAIN_SECONDS)
    change.apply(session, work, found)
    _decide(session, found, applies=True)
    session.flush()
    failpoint("change.decided")
    return Step(1, None, {change.counted: 1})


def _drop(session: Session, job: Row[Any]) -> None:
    """A job that failed has changed nothing: nobody is held for it any longer."""
    found = session.get(ClientChange, _key(job.organization_id, job.input), with_for_update=True)
    if found is not None and found.outcome is None:
        _decide(session, found, applies=False)


def _decide(session: Session, found: ClientChange, *, applies: bool) -> None:
    found.outcome = "applied" if applies else "dropped"
    outbox.add(
        session,
        ChangeDecided(found.organization_id, found.id, 2, found.kind, tuple(found.client_ids), applies=applies),
    )


def _key(organization_id: UUID, given: Mapping[str, Any]) -> tuple[UUID, UUID]:
    return organization_id, UUID(given["change_id"])
