"""The endpoint that deletes a client."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.clients.client_changes import deletion
from services.clients.client_changes.schemas import DeletionSchema
from shared.actor import Person
from shared.database.session import Session
from shared.jobs.routes import job_path
from shared.jobs.schemas import StartedJobSchema
from shared.web.routes import Route


def delete_client(session: Session, actor: Person, client_id: UUID, body: dict[str, Any]) -> Row[Any]:
    """Delete a client who was added in error and never used

    Starts a job, which asks clinical and billing. Meanwhile nothing can be booked, opened, paid or changed for the
    client (`client_held`). Done, its `counts` say `deleted`: the id is answered with 404 everywhere, and the client
    number is not given again; the audit trail keeps who deleted which id, when and why. Otherwise the job has failed
    and nothing is changed: `used` where the client has appointments or there are other records of them (archive them
    instead), `being_changed` where somebody else is deleting them, `not_answered` where a service is down,
    `client_archived` where they were archived meanwhile. However it ends, `client_ids` of its `result` has the id of
    the client.
    """
    return deletion.start(session, actor, client_id, body["reason"])


ROUTES = (
    Route(
        "DELETE",
        "/api/v1/clients/{client_id}",
        "clients:delete",
        delete_client,
        body=DeletionSchema,
        response=StartedJobSchema,
        status=202,
        makes=job_path("clients"),
        example={"reason": "mistake"},
    ),
)
