"""Deleting a client who was added in error and never used."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, delete

from services.clients.assignments.models import Assignment
from services.clients.assignments.rules import ensure_not_archived
from services.clients.client_changes.commands import Change, job_of, propose
from services.clients.client_changes.models import ClientChange
from services.clients.copies.models import OpenWorkCopy
from services.clients.profiles.models import Client
from services.clients.profiles.queries import one_client
from shared import audit
from shared.actor import Person
from shared.change_codes import DELETE
from shared.database.session import Session
from shared.jobs.kinds import Work


def start(session: Session, actor: Person, client_id: UUID, reason: str) -> Row[Any]:
    """Propose to delete a client. Raises `NotFound`, `ClientArchived` and `TooManyJobs`."""
    client = one_client(session, actor, client_id, for_update=True)
    ensure_not_archived(client.status)
    job = propose(session, actor, DELETION, DELETE_CLIENT, [client_id], reason)
    audit.describe(session, object_id=client_id, reason=reason, job_id=str(job.id))
    return job


def _apply(session: Session, work: Work, change: ClientChange) -> None:
    """Delete the client with who is assigned to them. Raises `NotFound`, and `ClientArchived` if they are by now.

    The history of assignments stays, as the audit trail does: ids and times. The number is not given again.
    """
    (client_id,) = change.client_ids
    client = one_client(session, work.actor, client_id, for_update=True)
    ensure_not_archived(client.status)
    here = work.actor.organization_id
    theirs = delete(Assignment).where(Assignment.organization_id == here, Assignment.client_id == client_id)
    staff_ids = session.scalars(theirs.returning(Assignment.staff_id)).all()
    session.execute(
        delete(OpenWorkCopy).where(OpenWorkCopy.organization_id == here, OpenWorkCopy.client_id == client_id)
    )
    session.execute(delete(Client).where(Client.organization_id == here, Client.id == client_id))
    audit.record(
        session,
        work.actor,
        "client_deleted",
        object_id=client_id,
        client_id=client_id,
        rule="level",
        details={
            "job_id": str(work.job_id),
            "reason": change.reason,
            "staff_ids": sorted(str(staff_id) for staff_id in staff_ids),
        },
    )


DELETION: Final = Change(DELETE, "delete_client", "clients:delete", "deleted", _apply)
DELETE_CLIENT: Final = job_of(DELETION)
