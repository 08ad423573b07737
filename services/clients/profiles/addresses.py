"""Keeping a client's addresses: what is written down from which day on, and which one the client's row shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from services.clients.addresses import rules
from services.clients.addresses.models import ClientAddress
from services.clients.copies.queries import practice_today, practice_zone
from services.clients.profiles.models import Client
from shared import clock
from shared.actor import Caller
from shared.database.session import Session
from shared.ids import new_id


def begin(session: Session, actor: Caller, client: Client) -> None:
    """Write down the address of a client who is added, from the beginning on."""
    if client.address is not None:
        session.add(_first(client, actor.actor_id))


def move(
    session: Session,
    actor: Caller,
    client: Client,
    address: dict[str, Any] | None,
    first: date | None = None,
    label: str | None = None,
) -> ClientAddress:
    """The client, whose row is locked, has this address from a day on, or from today. Raises `TooManyAddresses`.

    What the release before this one wrote into the row alone is written down first, as of today.
    """
    today = practice_today(session, actor)
    recorded = [*session.scalars(recorded_of(client))]
    if not recorded:
        recorded += [_first(client, None)] if client.address is not None else []
    elif client.written_address not in [each.address for each in recorded]:
        recorded.append(_from(actor, client, client.written_address, today, None))
    rules.ensure_room(len(recorded))
    added = _from(actor, client, address, first or today, label)
    recorded.append(added)
    session.add_all(recorded)
    _show(session, actor, client, recorded, today)
    return added


def recorded_of(client: Client) -> Select[ClientAddress]:
    """The addresses that are written down of a client, in the order in which they were."""
    theirs = ClientAddress.organization_id == client.organization_id, ClientAddress.client_id == client.id
    return select(ClientAddress).where(*theirs).order_by(ClientAddress.id)


def all_of(session: Session, client: Client) -> Sequence[ClientAddress]:
    """The same, with the one that the row alone has."""
    recorded = session.scalars(recorded_of(client)).all()
    return recorded or ([_first(client, None)] if client.address is not None else [])


def _show(session: Session, actor: Caller, client: Client, recorded: Sequence[ClientAddress], today: date) -> None:
    """The row has the address of today, and the coming ones with the moments at which they begin."""
    dated = [each.dated for each in recorded]
    current = rules.in_force(dated, today)
    zone = ZoneInfo(practice_zone(session, actor))
    client.written_address = current.address if current else None
    client.coming_addresses = [
        {"at": datetime.combine(each.first, time(), zone).isoformat(), "address": each.address}
        for each in rules.coming(dated, today)
        if each.first is not None
    ]


def first_row(client: Client, recorded_by: UUID | None) -> dict[str, Any]:
    """The first address that is written down of a client, by column: without a day, under the client's own id."""
    return {
        "organization_id": client.organization_id,
        "id": client.id,
        "client_id": client.id,
        "address": client.written_address,
        "recorded_at": client.created_at,
        "recorded_by": recorded_by,
    }


def _first(client: Client, recorded_by: UUID | None) -> ClientAddress:
    return ClientAddress(**first_row(client, recorded_by))


def _from(
    actor: Caller, client: Client, address: dict[str, Any] | None, first: date, label: str | None
) -> ClientAddress:
    return ClientAddress(
        organization_id=client.organization_id,
        id=new_id(),
        client_id=client.id,
        label=label,
        address=address,
        effective_from=first,
        recorded_at=clock.now(),
        recorded_by=actor.actor_id,
    )
