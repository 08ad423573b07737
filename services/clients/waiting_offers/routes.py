"""The endpoint that offers a time to somebody on the waiting list."""

from __future__ import annotations

from uuid import UUID

from services.clients.profiles import queries
from services.clients.profiles.models import Client
from services.clients.profiles.schemas import ClientSchema
from services.clients.waiting.rules import OfferedTime
from services.clients.waiting.schemas import NewOffer
from services.clients.waiting_offers import commands
from shared.actor import Caller
from shared.database.session import Session
from shared.web.routes import Route


def post_offer(session: Session, actor: Caller, client_id: UUID, body: OfferedTime) -> Client:
    """Offer a time to a client on the waiting list

    Notes who offered which time of whom, and when: the client's place on the list shows the last offers. The time is
    not kept for them; booking it looks whether it is free. Offered again, it changes nothing. Once they take one, take
    them off the list (`waiting`: null).
    """
    return commands.offer(session, actor, client_id, body)


ROUTES = (
    Route(
        "POST",
        "/api/v1/clients/{client_id}/offers",
        "clients:update",
        post_offer,
        body=NewOffer,
        response=ClientSchema,
        changes=queries.one_client,
        example={"staff_id": "{staff_id}", "starts_at": "2026-10-06T20:00:00Z"},
    ),
)
