"""The endpoint that assigns somebody to many clients."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from services.clients.bulk_assignments import commands
from services.clients.bulk_assignments.commands import ManyClients
from services.clients.bulk_assignments.schemas import ManyClientsSchema
from shared.actor import Caller
from shared.database.session import Session
from shared.jobs.routes import job_path
from shared.jobs.schemas import StartedJobSchema
from shared.web.routes import Route


def post_assignments(session: Session, actor: Caller, body: ManyClients) -> Row[Any]:
    """Assign a member of staff to many clients

    Starts a job, which treats each client as `PUT /clients/{client_id}/staff/{staff_id}` does. Its `counts` are
    `assigned` (now, and not before), `unchanged` (assigned already) and `refused`. Its `result` lists the ids of the
    `assigned`, and of the `refused` each `client_id` with the `code` of the refusal: `not_found` where there is no such
    client, or none whom you may see, `client_archived` where the client is archived.
    """
    return commands.start(session, actor, body)


ROUTES = (
    Route(
        "POST",
        "/api/v1/assignments",
        "assignments:change",
        post_assignments,
        body=ManyClientsSchema,
        response=StartedJobSchema,
        status=202,
        makes=job_path("clients"),
        example={"staff_id": "{staff_id}", "client_ids": ["{client_id}"]},
    ),
)
