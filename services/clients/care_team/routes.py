"""The endpoints of a client's staff, and of the staff of many clients."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clients.assignments import commands
from services.clients.assignments.models import Assignment
from services.clients.care_team import queries
from services.clients.care_team.schemas import (
    AssignedStaffPage,
    AssignmentHistoryPage,
    AssignmentSchema,
    TeamsSchema,
    UnassignSchema,
)
from services.clients.families.queries import ensure_free
from services.clients.profiles.queries import one_client
from shared.actor import Caller
from shared.database.session import Session
from shared.web.lookups import ClientsLookup
from shared.web.paging import PageQuery
from shared.web.routes import Route


def get_client_staff(session: Session, actor: Caller, client_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List the staff assigned to a client

    Shows who is assigned, and since when.
    """
    one_client(session, actor, client_id)
    return queries.staff_of_client(session, actor, client_id, **query)


def get_client_staff_history(session: Session, actor: Caller, client_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """Read who was assigned to a client and taken off

    Newest first: who, when, and who saw to it.
    """
    one_client(session, actor, client_id)
    return queries.history(session, actor, client_id, **query)


def put_client_staff(session: Session, actor: Caller, client_id: UUID, staff_id: UUID) -> Assignment:
    """Assign a member of staff to a client and all of its open cases

    Puts the member on every open case of the client too. Assigning again changes nothing. Nobody is assigned to a
    client who is archived.
    """
    client = one_client(session, actor, client_id)
    ensure_free(session, actor.organization_id, client_id)  # the client is locked behind the member, not here
    return commands.assign_staff(session, actor, client_id, staff_id, client.status)


def delete_client_staff(
    session: Session, actor: Caller, client_id: UUID, staff_id: UUID, body: dict[str, Any]
) -> Assignment:
    """Take a member of staff off a client and all of its cases

    The member loses sight of the client's record within seconds. Where they have open work with the client, the request
    is refused with `open_work` and the number of each kind in `errors`: hand it over first
    (`POST /staff/{staff_id}/hand-over-client`), or send `{"acknowledged": true}`. What stays open is listed by
    `GET /staff/{staff_id}/open-work` also afterwards, and can be handed over then. The body may be left out.
    """
    one_client(session, actor, client_id, for_update=True)
    return commands.unassign_staff(session, actor, client_id, staff_id, acknowledged=body["acknowledged"])


def post_team_lookup(session: Session, actor: Caller, body: dict[str, Any]) -> dict[str, Any]:
    """Look up who is assigned to clients

    Of up to 100 clients at once, each with its first five members of staff and their number. Clients whom the person
    may not see are left out, like those that do not exist. A POST, because the ids are many; it changes nothing.
    """
    return queries.look_up(session, actor, body["client_ids"])


_ALL = "/api/v1/clients/{client_id}/staff"
_ONE = "/api/v1/clients/{client_id}/staff/{staff_id}"
ROUTES = (
    Route(
        "GET",
        _ALL,
        "assignments:read",
        get_client_staff,
        query=PageQuery,
        response=AssignedStaffPage,
        audit="client_staff.list",
    ),
    Route(
        "GET",
        _ALL + "/history",
        "assignments:read",
        get_client_staff_history,
        query=PageQuery,
        response=AssignmentHistoryPage,
        audit="client_staff.history",
    ),
    Route(
        "POST",
        "/api/v1/assignments/lookup",
        "assignments:read",
        post_team_lookup,
        body=ClientsLookup,
        response=TeamsSchema,
        audit="client_staff.lookup",
        reads=True,
        example={"client_ids": ["{client_id}"]},
    ),
    Route("PUT", _ONE, "assignments:change", put_client_staff, response=AssignmentSchema),
    Route(
        "DELETE",
        _ONE,
        "assignments:change",
        delete_client_staff,
        body=UnassignSchema,
        response=AssignmentSchema,
        example={"acknowledged": True},
    ),
)
