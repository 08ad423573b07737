"""Adding clients and changing their data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete

from services.clients.assignments.commands import assign_creator
from services.clients.copies.queries import practice_today
from services.clients.profiles.models import Client, ClientToken
from services.clients.profiles.queries import one_client
from shared import audit, clock
from shared.actor import Actor
from shared.contracts.clients import ClientChanged
from shared.database.session import Session
from shared.errors import Invalid, Stale
from shared.ids import new_id_of
from shared.messaging import outbox


def create_client(session: Session, actor: Actor, values: dict[str, Any]) -> Client:
    """A new client. Whoever sees only assigned clients is assigned to the one they add. Raises `Invalid`."""
    _ensure_born(session, actor, values)
    client = Client(
        organization_id=actor.organization_id,
        id=new_id_of(actor.organization_id),
        created_at=clock.now(),
        email_key=_email_key(values),
        **values,
    )
    session.add(client)
    session.flush()
    _index_name(session, client)
    _tell(session, client)
    if actor.sees_assigned_only and actor.staff_id is not None:
        assign_creator(session, actor, client.id, actor.staff_id)
    audit.describe(session, object_id=client.id, client_id=client.id, rule="level")
    return client


def change_client(
    session: Session, actor: Actor, client_id: UUID, changes: dict[str, Any], if_match: int | None
) -> Client:
    """Merge the given fields; raises `NotFound`, `Stale`, `Invalid`."""
    client = one_client(session, actor, client_id, for_update=True)
    if if_match is not None and if_match != client.version:
        raise Stale()
    _ensure_born(session, actor, changes)
    for field, value in changes.items():
        setattr(client, field, value)
    if "email" in changes:
        client.email_key = _email_key(changes)
    client.version += 1
    _index_name(session, client)
    _tell(session, client)
    audit.describe(session, client_id=client.id, fields=sorted(changes))
    return client


def _ensure_born(session: Session, actor: Actor, values: dict[str, Any]) -> None:
    born = values.get("date_of_birth")
    if born is not None and born > practice_today(session, actor):
        raise Invalid.field("date_of_birth", "in_the_future", "The date of birth is in the future.")


def _email_key(values: dict[str, Any]) -> str | None:
    email: str | None = values.get("email")
    return email.casefold() if email else None


def _index_name(session: Session, client: Client) -> None:
    session.execute(
        delete(ClientToken).where(
            ClientToken.organization_id == client.organization_id, ClientToken.client_id == client.id
        )
    )
    session.add_all(
        ClientToken(organization_id=client.organization_id, client_id=client.id, token=token, name=client.sort_name)
        for token in sorted(client.tokens)
    )


def _tell(session: Session, client: Client) -> None:
    outbox.add(
        session,
        ClientChanged(
            organization_id=client.organization_id,
            client_id=client.id,
            version=client.version,
            display_name=client.display_name,
            status=client.status,
            time_zone=client.time_zone,
        ),
    )
