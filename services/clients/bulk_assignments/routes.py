"""The endpoint that assigns somebody to many clients."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.clients.bulk_assignments import commands, undo
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


def post_assignments_undo(session: Session, actor: Caller, job_id: UUID) -> Row[Any]:
    """Undo an assignment of many clients

    Starts a job that takes the member of staff off each client whom that job assigned them to, and whose assignment
    nobody changed since: one's own job, and anybody's for Organization Administration. Its `counts` are `taken_off` and
    `kept`; its `result` lists the ids of the `taken_off`, and of the `kept` each `client_id` with a `code`:
    `changed_since`, `assigned_before` (through a case), `open_work`, `not_found`. Done twice, nothing more changes.
    """
    return undo.undo(session, actor, job_id)


ROUTES = (
    Route(
        "POST",
        "/api/v1/jobs/clients/{job_id}/undo",
        "assignments:change",
        post_assignments_undo,
        response=StartedJobSchema,
        status=202,
        makes=job_path("clients"),
    ),
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
