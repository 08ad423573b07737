"""What the copies say: of the practice its day, prefix and limit; what clients are called; which notes were amended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import select, tuple_

from services.billing.copies.models import AmendedNote, ClientCopy, OrganizationCopy
from shared import clock
from shared.actor import Caller
from shared.database.read_your_writes import awaited
from shared.database.session import Session


def organization(session: Session, actor: Caller) -> OrganizationCopy:
    """The actor's organization; raises `NotArrivedYet` (503) while its event is under way. May wait: lock later."""
    return awaited(session, lambda: _organization(session, actor))


def posting_day(session: Session, actor: Caller) -> date:
    """Today on the practice's calendar, to post by. Waits and raises as `organization` does: lock later."""
    return clock.today(organization(session, actor).time_zone)


def practice_today(session: Session, actor: Caller) -> date:
    """Today on the practice's calendar, to show things by; by UTC until its event has arrived."""
    known = _organization(session, actor)
    return clock.today(known.time_zone) if known else clock.now().astimezone(UTC).date()


def write_off_limit_cents(session: Session, actor: Caller) -> int | None:
    """The most that the actor may have written off of an invoice; None: no limit binds them. 0 until the event came."""
    if actor.may("write_offs:exceed_limit"):
        return None
    known = _organization(session, actor)
    return known.write_off_limit_cents if known else 0


def client_names(session: Session, actor: Caller, client_ids: Collection[UUID]) -> dict[UUID, str]:
    """What these clients are called; none for a program that may not read clients. Whose they are is asked before.

    A client whose event has not arrived is absent.
    """
    if not actor.may("clients:read") or not client_ids:
        return {}
    names = {}
    for client_id in client_ids:
        key = session.identity_key(ClientCopy, (actor.organization_id, client_id))
        at_hand: ClientCopy | None = session.identity_map.get(key)
        if at_hand is not None:
            names[client_id] = at_hand.display_name
    if further := [client_id for client_id in client_ids if client_id not in names]:
        statement = select(ClientCopy.id, ClientCopy.display_name).where(
            ClientCopy.organization_id == actor.organization_id, ClientCopy.id.in_(further)
        )
        names |= {row.id: row.display_name for row in session.execute(statement)}
    return names


def amended_without_effect(
    session: Session, actor: Caller, keys: Collection[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], datetime]:
    """When the note of each appointment and client was last amended without any effect on what is billed, if ever."""
    statement = select(AmendedNote.appointment_id, AmendedNote.client_id, AmendedNote.amended_at).where(
        AmendedNote.organization_id == actor.organization_id,
        tuple_(AmendedNote.appointment_id, AmendedNote.client_id).in_(list(keys)),
    )
    return {(row.appointment_id, row.client_id): row.amended_at for row in session.execute(statement)}


def _organization(session: Session, actor: Caller) -> OrganizationCopy | None:
    found = session.get(OrganizationCopy, actor.organization_id)
    if found is not None:
        session.keep(found)  # asked several times in one request
    return found
