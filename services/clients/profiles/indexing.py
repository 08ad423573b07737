"""By what a client is found, and what the other services hear of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from services.clients.contacts import rules as contacts
from services.clients.profiles.models import Client, ClientPhone, ClientToken
from services.clients.tags import rules as tags
from services.clients.tags.models import ClientTag
from shared.contracts.clients import ClientChanged
from shared.database.many_rows import insert_together
from shared.database.session import Session
from shared.messaging import outbox


def members_of(session: Session, client: Client) -> Sequence[Client]:
    """The clients who were merged into this one, by their ids."""
    wanted = select(Client).where(Client.organization_id == client.organization_id, Client.merged_into == client.id)
    return session.scalars(wanted.order_by(Client.id)).all()


def index(session: Session, client: Client) -> None:
    """The words of the names, the digits of further phones and the tags by which the client is found from now on.

    By the names and phones of those who were merged into them too; who was merged is found by nothing.
    """
    for rows in (ClientToken, ClientPhone, ClientTag):
        session.execute(delete(rows).where(rows.organization_id == client.organization_id, rows.client_id == client.id))
    if client.merged_into is not None:
        return
    insert_together(session, found_by(client, members_of(session, client)))


def found_by(client: Client, members: Sequence[Client] = ()) -> dict[str, list[dict[str, Any]]]:
    """The rows by which a client is found, by the names of their tables. `members` were merged into them."""
    own = {"organization_id": client.organization_id, "client_id": client.id}
    of_members = [way for member in members for way in member.ways.all]
    further = {contacts.digits(way.value) for way in (*client.ways.further, *of_members) if way.channel == "phone"}
    tokens = client.known_as.tokens.union(*(member.known_as.tokens for member in members))
    name = client.sort_key_of_names
    return {
        ClientPhone.__tablename__: [{**own, "digits": digits, "backwards": digits[::-1]} for digits in sorted(further)],
        ClientTag.__tablename__: [{**own, "key": tags.key(tag), "tag": tag} for tag in client.tags],
        ClientToken.__tablename__: [{**own, "token": token, "name": name} for token in sorted(tokens)],
    }


def tell(session: Session, client: Client, display_name: str | None = None) -> None:
    """The others hear of the client as they are now. `display_name`: how a merged client is called meanwhile."""
    outbox.add(session, changed(client, display_name))


def changed(client: Client, display_name: str | None = None) -> ClientChanged:
    """What the others hear of the client as they are now."""
    return ClientChanged(
        organization_id=client.organization_id,
        client_id=client.id,
        version=client.version,
        display_name=display_name or client.display_name,
        status=client.status,
        time_zone=client.time_zone,
    )


def rename_members(session: Session, client: Client, but: UUID | None = None) -> None:
    """Who was merged into the client is called as they are, in what is older than the merge; all `but` this one."""
    for member in members_of(session, client):
        if member.id != but:
            member.version += 1
            tell(session, member, client.display_name)
