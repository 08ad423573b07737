"""What a service registers of each kind of job: how much there is to do, and how one step of it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from shared.actor import Caller, Person, Program
from shared.database.session import Session
from shared.permissions import Restriction, Setting

STEP_ROWS_MAX: Final = 100  # rows of one step, where its kind has no limit of its own: it ends long before its lease


@dataclass(frozen=True, slots=True)
class Work:
    """What a step is given: the job as its last step left it."""

    job_id: UUID
    actor: Caller
    input: Mapping[str, Any]
    cursor: str | None  # None: the first step
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Step:
    """What came of a step: `done` rows, at most `STEP_ROWS_MAX` or as many as its kind takes, and where the next one
    begins; None: it was the last.

    `counts` are added to the job's, the lists of `result` put behind those that it has by the same name.
    `wait_seconds`: the next step is not due before, where it waits for something that others do.
    """

    done: int
    cursor: str | None
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    result: Mapping[str, Sequence[Any]] = field(default_factory=lambda: MappingProxyType({}))
    wait_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of job. `needs`: the permission that its starter has until it has ended, or it ends before.
    `plan` says how many rows an input comes to.

    `step` changes rows in the transaction that it is given, and nothing else: it is run again after a kill, and what
    it did before is gone then. A refusal that it raises ends the job as failed; rows that fail one by one are told in
    `Step.result`, and stop nobody. `ended` gets the job in the transaction in which it comes to its end or is given up,
    and a moment after somebody stopped it.
    """

    name: str
    needs: str
    plan: Callable[[Mapping[str, Any]], int]
    step: Callable[[Session, Work], Step]
    ended: Callable[[Session, Row[Any]], None] | None = None


def written(actor: Caller) -> dict[str, Any]:
    """An actor as JSON, for `read_actor`."""
    session_id = str(actor.session_id) if actor.session_id else None
    if isinstance(actor, Program):
        return {"program": str(actor.api_client_id), "scope": sorted(actor.scope), "session_id": session_id}
    return {
        "person": str(actor.staff_id),
        "levels": sorted(actor.levels),
        "grants": sorted(actor.grants),
        "restrictions": sorted(actor.restrictions),
        "settings": sorted(actor.settings),
        "session_id": session_id,
    }


def read_actor(organization_id: UUID, stored: Mapping[str, Any]) -> Caller:
    """The actor whom `written` wrote down."""
    session_id = UUID(stored["session_id"]) if stored["session_id"] else None
    if "program" in stored:
        return Program(organization_id, UUID(stored["program"]), frozenset(stored["scope"]), session_id)
    return Person(
        organization_id=organization_id,
        staff_id=UUID(stored["person"]),
        levels=frozenset(stored["levels"]),
        grants=frozenset(stored["grants"]),
        restrictions=frozenset(map(Restriction, stored["restrictions"])),
        settings=frozenset(map(Setting, stored["settings"])),
        session_id=session_id,
    )
