"""The endpoints of open work: what there is, and handing one client's share of it over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clinical.open_work import commands, queries
from services.clinical.open_work.rules import HandOver
from services.clinical.open_work.schemas import ClientHandOverSchema, HandedOverSchema, OpenWorkQuery, OpenWorkSchema
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Route


def get_open_work(session: Session, actor: Caller, staff_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List what would be left undone if this member of staff were gone

    Counts clients, open cases, coming appointments, drafts and treatment plans to review, and names the first of them.
    With `client_id`: if they were taken off this client; notes and plans are then named to those who work in the case.
    Without it, the permission `staff:update` is needed too.
    """
    return queries.open_work(session, actor, staff_id, query["client_id"])


def post_hand_over_client(session: Session, actor: Caller, staff_id: UUID, body: HandOver) -> dict[str, Any]:
    """Hand somebody's open work with one client over

    The colleague joins the open cases, becomes the author of unsigned notes (who drafted them stays on record) and the
    clinician of coming appointments. Each moves by the rules of changing it alone: where the colleague is busy, where
    others come too, or where a note is begun or submitted, it stays and stands among `refused`. At most 100 of a kind
    move at once. A note that waits for a co-signature goes with its author's supervision. Nobody is taken off the
    client. Asking again moves what is left. What is refused because of who asks is in the audit trail.
    """
    return commands.hand_over_client(session, actor, staff_id, body)


ROUTES = (
    Route(
        "GET",
        "/api/v1/staff/{staff_id}/open-work",
        "assignments:change",
        get_open_work,
        query=OpenWorkQuery,
        response=OpenWorkSchema,
        audit="open_work.read",
        example={"client_id": "{client_id}"},
    ),
    Route(
        "POST",
        "/api/v1/staff/{staff_id}/hand-over-client",
        "assignments:change",
        post_hand_over_client,
        body=ClientHandOverSchema,
        response=HandedOverSchema,
        keyed=False,  # asking again moves what is left
        example={"client_id": "{client_id}", "to_staff_id": "{staff_id}"},
    ),
)
