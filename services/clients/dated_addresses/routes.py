"""The endpoints of a client's addresses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clients.dated_addresses import commands, queries
from services.clients.dated_addresses.commands import NewAddress
from services.clients.dated_addresses.schemas import DatedAddressesPage, DatedAddressSchema, NewAddressSchema
from services.clients.profiles.queries import one_client
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import PageQuery
from shared.web.routes import Route


def get_client_addresses(session: Session, actor: Caller, client_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List a client's addresses

    The one of today, the earlier ones and the coming ones. None is ever taken away. Those of clients who were merged
    into this one stand among them, and hold on days before the first one that this client has.
    """
    return queries.addresses_of(session, actor, client_id, **query)


def get_client_address(session: Session, actor: Caller, client_id: UUID, address_id: UUID) -> dict[str, Any]:
    """Show an address of a client

    One address, with the day from which it holds.
    """
    return queries.one_address(session, actor, client_id, address_id)


def post_client_address(session: Session, actor: Caller, client_id: UUID, body: NewAddress) -> dict[str, Any]:
    """Add an address from a day on

    From that day on it is the client's `address`, until another one begins. One for a day that has one stands in its
    place, and one for a past day holds until the next one begins. A client has at most 100 on record.
    """
    return commands.add_address(session, actor, client_id, body)


_ALL = "/api/v1/clients/{client_id}/addresses"
_ONE = _ALL + "/{address_id}"
ROUTES = (
    Route(
        "GET",
        _ALL,
        "clients:read",
        get_client_addresses,
        query=PageQuery,
        response=DatedAddressesPage,
        audit="client_addresses.list",
    ),
    Route("GET", _ONE, "clients:read", get_client_address, response=DatedAddressSchema, audit="client_address.read"),
    Route(
        "POST",
        _ALL,
        "clients:update",
        post_client_address,
        body=NewAddressSchema,
        response=DatedAddressSchema,
        status=201,
        makes=_ONE,
        changes=one_client,
        example={
            "address": {"line1": "1 Main St", "city": "New York", "state": "NY", "postal_code": "10001"},
            "label": "Home",
            "effective_from": "2026-06-01",
        },
    ),
)
