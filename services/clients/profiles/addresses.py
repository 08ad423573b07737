"""Keeping a client's addresses: what is written down from which day on, and which one the client's row shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select

from services.clients.addresses import rules
from services.clients.addresses.models import ClientAddress
from services.clients.addresses.rules import Dated
from services.clients.copies.queries import practice_today, practice_zone
from services.clients.families.queries import family_of
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
    ids = family_of(session, client.organization_id, client.id)
    family = session.scalars(recorded_of(client, ids)).all()
    own = [each for each in family if each.client_id == client.id]
    known, shown = [each.address for each in family], client.written_address
    if not own and shown is not None and shown not in known:
        own.append(_first(client, None))
    elif own and shown not in known and (shown is not None or len(own) == len(family)):
        own.append(_from(actor, client, shown, today, None))
    rules.ensure_room(len(own))
    added = _from(actor, client, address, first or today, label)
    session.add_all([*own, added])
    _show(session, actor, client, layers_of(ids, [*family, *own, added]), today)
    return added


def join_addresses(
    session: Session, actor: Caller, ends: Client, stays: Client, others: Sequence[UUID]
) -> tuple[int, int]:
    """The addresses of a client who ends hold where who stays has none: how many do, and how many do not.

    Of these without those that who stays has anyway. Both are locked. `others`: who was merged into who stays.
    """
    for client in (ends, stays):
        if client.written_address is not None and not session.scalars(recorded_of(client, [client.id])).first():
            session.add(_first(client, None))  # what the row alone has is written down, to be read with the other's
    session.flush()
    counts = _joined(session, ends, stays, others)
    show_family(session, actor, stays, [*others, ends.id])
    return counts


def would_leave(session: Session, ends: Client, stays: Client, others: Sequence[UUID]) -> tuple[int, int]:
    """How many addresses a client who would end has, and how many of them `join_addresses` would leave."""
    return len(all_of(session, ends, [ends.id])), _joined(session, ends, stays, others)[1]


def _joined(session: Session, ends: Client, stays: Client, others: Sequence[UUID]) -> tuple[int, int]:
    own = session.scalars(recorded_of(stays, [stays.id, *others])).all()
    if not own and stays.address is not None:
        own = [_first(stays, None)]
    layers = layers_of([stays.id, *sorted(others)], own)
    theirs = [each.dated for each in all_of(session, ends, [ends.id])]
    held = {each.id for each in rules.holding([*layers, theirs])}
    left = {each.id for each in theirs} - held
    return len(theirs) - len(left), len(left - rules.doubles([*layers, theirs]))


def show_family(session: Session, actor: Caller, client: Client, members: Sequence[UUID]) -> None:
    """The row, which is locked, shows the address of today and the coming ones, now that these are merged into it."""
    family = client.id, *sorted(members)
    recorded = session.scalars(recorded_of(client, family)).all()
    _show(session, actor, client, layers_of(family, recorded), practice_today(session, actor))


def recorded_of(client: Client, family: Sequence[UUID]) -> Select[ClientAddress]:
    """The addresses that are written down of these, in the order in which they were.

    `family`: the client, and who was merged into them.
    """
    whose = ClientAddress.organization_id == client.organization_id, ClientAddress.client_id.in_(family)
    return select(ClientAddress).where(*whose).order_by(ClientAddress.id)


def all_of(session: Session, client: Client, family: Sequence[UUID]) -> Sequence[ClientAddress]:
    """The same, with the one that the row alone has."""
    recorded = session.scalars(recorded_of(client, family)).all()
    return recorded or ([_first(client, None)] if client.address is not None else [])


def layers_of(family: Sequence[UUID], recorded: Iterable[ClientAddress]) -> list[list[Dated]]:
    """Addresses as the rules compare them: of each of the family, who stays first, in the order of the ids."""
    by_client: dict[UUID, dict[UUID, Dated]] = {client_id: {} for client_id in family}
    for each in recorded:
        by_client[each.client_id][each.id] = each.dated
    return [list(layer.values()) for layer in by_client.values()]


def _show(session: Session, actor: Caller, client: Client, layers: Sequence[Sequence[Dated]], today: date) -> None:
    """The row has the address of today, and the coming ones with the moments at which they begin."""
    dated = rules.holding(layers)
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
