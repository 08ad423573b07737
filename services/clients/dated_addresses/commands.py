"""Adding an address from a day on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.clients.dated_addresses import queries
from services.clients.profiles.addresses import move
from services.clients.profiles.queries import one_client
from shared.actor import Caller
from shared.database.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAddress:
    """An address and the first day on which it holds. `address` None: none is known from then on."""

    address: dict[str, Any] | None
    label: str | None
    effective_from: date


def add_address(session: Session, actor: Caller, client_id: UUID, wanted: NewAddress) -> dict[str, Any]:
    """The client has this address from a day on; no other one is lost. Raises `NotFound`, `TooManyAddresses`."""
    client = one_client(session, actor, client_id, for_update=True)
    added = move(session, actor, client, wanted.address, wanted.effective_from, wanted.label)
    client.version += 1
    session.flush()
    return queries.state_of(session, actor, client, added.id)
