"""Changes in three steps: proposed with a job, answered by clinical and billing, decided by a step of the job.

A change is decided once, in the transaction that makes it. Answers that come later, or twice, change nothing. A job
that was cancelled drops its change a moment later, and nobody is held any longer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.clients.client_changes import rules
from services.clients.client_changes.models import ClientChange
from services.clients.client_changes.rules import Said
from shared import clock
from shared.actor import Caller
from shared.change_codes import HAS_APPOINTMENTS
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
    proposed = put_forward(session, actor.organization_id, change.name, client_ids, reason)
    ids = [str(client_id) for client_id in client_ids]
    return jobs.start(session, actor, job, {"change_id": str(proposed.id)}, {"client_ids": ids})


def put_forward(
    session: Session, organization_id: UUID, kind: str, client_ids: Sequence[UUID], reason: str
) -> ClientChange:
    """Ask clinical and billing about a change of these clients. `reason`: a slug that stays on record."""
    now = clock.now()
    proposed = ClientChange(
        organization_id=organization_id,
        id=new_id(),
        created_at=now,
        kind=kind,
        client_ids=list(client_ids),
        reason=reason,
        answer_by=now + timedelta(seconds=rules.ANSWER_SECONDS),
        answers={},
    )
    session.add(proposed)
    session.flush()
    outbox.add(session, ChangeProposed(organization_id, proposed.id, 1, kind, tuple(client_ids), proposed.answer_by))
    failpoint("change.proposed")
    return proposed


def keep_answer(session: Session, organization_id: UUID, change_id: UUID, service: str, sentence: Said) -> None:
    """Keep the first answer of a service to a change that is not decided."""
    found = session.get(ClientChange, (organization_id, change_id), with_for_update=True)
    if found is None or found.outcome is not None or service in found.answers:
        return
    found.answers = {**found.answers, service: sentence.stored}


def _one(_given: Mapping[str, Any]) -> int:
    return 1


def _step(session: Session, work: Work, change: Change) -> Step:
    found = agreed(session, work.actor.organization_id, UUID(work.input["change_id"]))
    if found is None:
        return Step(0, WAITS, wait_seconds=LOOK_AGAIN_SECONDS)
    change.apply(session, work, found)
    decide(session, found, found.client_ids)
    return Step(1, None, {change.counted: 1})


def agreed(session: Session, organization_id: UUID, change_id: UUID) -> ClientChange | None:
    """A change to which all have agreed, locked; None: they are still waited for.

    Raises `ClientUsed`, `BeingChanged`, `NotAnswered`.
    """
    found = session.get_one(ClientChange, (organization_id, change_id), with_for_update=True)
    answers = {service: Said.of(stored) for service, stored in found.answers.items()}
    return found if rules.ensure_agreed(answers, clock.now(), found.answer_by) else None


def used_in(change: ClientChange) -> Mapping[UUID, str]:
    """Who stays, with a code, of a change that takes each client by themselves; that they are booked is said first."""
    codes = [Said.of(stored).used for stored in change.answers.values()]
    every = [(UUID(client_id), code) for used in codes for client_id, code in used.items()]
    return dict(sorted(every, key=lambda each: each[1] == HAS_APPOINTMENTS))


def decide(session: Session, change: ClientChange, gone: Collection[UUID]) -> None:
    """The change is made for those who are `gone`, in the same transaction; the others are free again."""
    change.outcome = "applied" if gone else "dropped"
    stay = [client_id for client_id in change.client_ids if client_id not in gone]
    events = ((2, [each for each in change.client_ids if each in gone], True), (3 if gone else 2, stay, False))
    for version, client_ids, applies in events:
        if client_ids:
            ids = tuple(client_ids)
            outbox.add(
                session, ChangeDecided(change.organization_id, change.id, version, change.kind, ids, applies=applies)
            )
    session.flush()
    failpoint("change.decided")


def drop(session: Session, organization_id: UUID, change_id: UUID) -> None:
    """Nothing is made of a change that is not decided: nobody is held for it any longer."""
    found = session.get(ClientChange, (organization_id, change_id), with_for_update=True)
    if found is not None and found.outcome is None:
        decide(session, found, ())


def _drop(session: Session, job: Row[Any]) -> None:
    """A job that failed, or was stopped, has changed nothing."""
    drop(session, job.organization_id, UUID(job.input["change_id"]))
