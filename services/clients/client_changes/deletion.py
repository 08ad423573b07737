"""Deleting a client who was added in error and never used."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, delete

from services.clients.assignments.models import Assignment
from services.clients.assignments.rules import ensure_not_archived
from services.clients.client_changes.commands import Change, job_of, propose
from services.clients.client_changes.models import ClientChange
from services.clients.copies.models import OpenWorkCopy
from services.clients.families.queries import family_of
from services.clients.families.rules import ensure_alone
from services.clients.profiles.models import Client
from services.clients.profiles.queries import one_client
from shared import audit
from shared.actor import Person
from shared.change_codes import DELETE
from shared.database.session import Session
from shared.jobs.kinds import Work


def start(session: Session, actor: Person, client_id: UUID, reason: str) -> Row[Any]:
    """Propose to delete a client. Raises `NotFound`, `ClientArchived`, `HasMerged` and `TooManyJobs`."""
    client = one_client(session, actor, client_id, for_update=True, also_held=True)
    ensure_not_archived(client.status)
    ensure_alone(family_of(session, actor.organization_id, client_id))
    job = propose(session, actor, DELETION, DELETE_CLIENT, [client_id], reason)
    audit.describe(session, object_id=client_id, reason=reason, job_id=str(job.id))
    return job


def _apply(session: Session, work: Work, change: ClientChange) -> None:
    """Raises `NotFound`, and `ClientArchived` or `HasMerged` where they are, or did, by now."""
    (client_id,) = change.client_ids
    client = one_client(session, work.actor, client_id, for_update=True, also_held=True)
    ensure_not_archived(client.status)
    ensure_alone(family_of(session, change.organization_id, client_id))
    forget(session, work, [client_id], change.reason)


def forget(session: Session, work: Work, client_ids: Collection[UUID], reason: str) -> None:
    """Delete these clients, whom the caller has locked, with who is assigned to them.

    The history of assignments stays, as the audit trail does: ids and times. The numbers are not given again.
    """
    here = work.actor.organization_id
    theirs = delete(Assignment).where(Assignment.organization_id == here, Assignment.client_id.in_(client_ids))
    staff_ids: dict[UUID, list[str]] = {client_id: [] for client_id in client_ids}
    for client_id, staff_id in session.execute(theirs.returning(Assignment.client_id, Assignment.staff_id)):
        staff_ids[client_id].append(str(staff_id))
    for model, column in ((OpenWorkCopy, OpenWorkCopy.client_id), (Client, Client.id)):
        session.execute(delete(model).where(model.organization_id == here, column.in_(client_ids)))
    for client_id, of_them in staff_ids.items():  # each entry is sent along with the next: no round trip of its own
        details = {"job_id": str(work.job_id), "reason": reason, "staff_ids": sorted(of_them)}
        audit.record(
            session,
            work.actor,
            "client_deleted",
            object_id=client_id,
            client_id=client_id,
            rule="level",
            details=details,
        )


DELETION: Final = Change(DELETE, "delete_client", "clients:delete", "deleted", _apply)
DELETE_CLIENT: Final = job_of(DELETION)
