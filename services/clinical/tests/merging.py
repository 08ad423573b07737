"""Merging two clients, as the events of clients have clinical do it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.clinical.tests.conftest import Clinic
from shared import clock
from shared.contracts.clients import ChangeDecided, ChangeProposed, ClientChanged
from shared.ids import new_id


def propose(clinic: Clinic, kind: str, *client_ids: str) -> tuple[ChangeProposed, list[str]]:
    """A change that is proposed, and what clinical says to it."""
    answer_by = clock.now() + timedelta(seconds=30)
    ids = tuple(map(UUID, client_ids))
    change = ChangeProposed(clinic.organization_id, new_id(), 1, kind, ids, answer_by)
    clinic.emit(change)
    rows = clinic.database.rows(
        "SELECT data->>'code' FROM outbox WHERE type = 'clinical.change_answered.v1' AND aggregate_id = %s",
        change.change_id,
    )
    return change, [str(row[0]) for row in rows]


def decide(clinic: Clinic, change: ChangeProposed, *, applies: bool = True) -> None:
    """What clients decides."""
    decided = ChangeDecided(change.organization_id, change.change_id, 2, change.kind, change.client_ids, applies)
    clinic.emit(decided)


def agree(clinic: Clinic, kind: str, *client_ids: str) -> None:
    """A change that clinical is ready for, and that is made."""
    change, answers = propose(clinic, kind, *client_ids)
    assert answers == ["ready"]
    decide(clinic, change)


def merge(clinic: Clinic, ends: str, stays: str, name: str = "Ada Client") -> None:
    """One client ends in another one, whose name they have from now on."""
    agree(clinic, "merge", ends, stays)
    clinic.emit(ClientChanged(clinic.organization_id, UUID(ends), 2, name, "active"))


def unmerge(clinic: Clinic, ended: str, stayed: str) -> None:
    """The two are separate again."""
    agree(clinic, "unmerge", ended, stayed)
    clinic.emit(ClientChanged(clinic.organization_id, UUID(ended), 3, "Ada Client", "active"))
