"""Reading the addresses of a client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.clients.addresses import rules
from services.clients.addresses.models import ClientAddress
from services.clients.copies.queries import practice_today
from services.clients.families.queries import family_of
from services.clients.profiles.addresses import all_of, layers_of, recorded_of
from services.clients.profiles.models import Client
from services.clients.profiles.queries import one_client
from shared import audit
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate


def addresses_of(session: Session, actor: Caller, client_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of the addresses of a client and of who was merged into them, with what each is today, no one twice.

    Raises `NotFound`.
    """
    client = one_client(session, actor, client_id)
    family = family_of(session, client.organization_id, client.id)
    known = all_of(session, client, family)
    layers = layers_of(family, known)
    states = rules.states_of_layers(layers, practice_today(session, actor))
    wanted = recorded_of(client, family).where(ClientAddress.id.not_in(rules.doubles(layers))).order_by(None)
    page = paginate(session, wanted, [ClientAddress.id], limit=limit, cursor=cursor, descending=True)
    # One that stands in the client's row alone is the only one.
    items = page["items"] or (known if cursor is None else ())
    # One that was added since the first look stands in the next answer.
    return {**page, "items": [shown(each, states) for each in items if each.id in states]}


def one_address(session: Session, actor: Caller, client_id: UUID, address_id: UUID) -> dict[str, Any]:
    """One of them. Raises `NotFound`."""
    return state_of(session, actor, one_client(session, actor, client_id), address_id)


def state_of(session: Session, actor: Caller, client: Client, address_id: UUID) -> dict[str, Any]:
    """An address of a client with what it is today. Raises `NotFound`."""
    family = family_of(session, client.organization_id, client.id)
    known = all_of(session, client, family)
    found = next((each for each in known if each.id == address_id), None)
    if found is None:
        raise NotFound()
    audit.describe(session, object_id=found.id)
    layers = layers_of(family, known)
    return shown(found, rules.states_of_layers(layers, practice_today(session, actor)))


def shown(recorded: ClientAddress, states: Mapping[UUID, str]) -> dict[str, Any]:
    """An address as an answer has it."""
    names = ("id", "client_id", "label", "address", "effective_from", "recorded_at", "recorded_by")
    return {**{name: getattr(recorded, name) for name in names}, "state": states[recorded.id]}
