"""Who was merged into whom, and whether somebody is about to be merged, separated or deleted.

The tables are named and not the models: profiles and client_changes, whose models they are, build on families.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, and_, any_, exists, literal, select

from services.clients.families.models import ClientMerge
from services.clients.tables import Base
from shared import clock
from shared.client_changes import HOLD_SECONDS, ClientHeld
from shared.client_families import ClientMoved
from shared.database.session import Session


def locked_family(session: Session, organization_id: UUID, client_id: UUID) -> tuple[UUID, ...]:
    """The client, and after them who was merged into them, by their ids. Raises `ClientMoved`.

    The client is locked: nobody is merged into them or parted from them until the transaction ends.
    """
    stays = _stays_for(session, organization_id, client_id, lock=True)
    if stays != client_id:
        raise ClientMoved(client_id, stays)
    return family_of(session, organization_id, client_id)


def locked_person(session: Session, organization_id: UUID, client_id: UUID) -> tuple[UUID, ...]:
    """The family that this client belongs to, as who stays or as who was merged, locked."""
    while True:
        try:
            stays = _stays_for(session, organization_id, client_id)
            family = locked_family(session, organization_id, stays)
        except ClientMoved:
            continue  # they were merged between the two looks
        if client_id in family:
            return family


def held_by(session: Session, organization_id: UUID, client_id: UUID) -> Sequence[Row[Any]]:
    """Whose records a client holds besides their own, in the order in which they were merged: `merge_id`, `merged_at`,
    `client_id` and `number` of each.
    """
    clients = _clients()
    wanted = (
        select(ClientMerge.id.label("merge_id"), ClientMerge.merged_at, ClientMerge.client_id, clients.c.number)
        .join(
            clients,
            and_(clients.c.organization_id == ClientMerge.organization_id, clients.c.id == ClientMerge.client_id),
        )
        .where(*_made(organization_id, client_id))
        .order_by(ClientMerge.id)
    )
    return session.execute(wanted).all()


def holds_others(organization_id: UUID, client_id: UUID) -> ColumnElement[bool]:
    """The condition that `held_by` finds anybody."""
    return exists().where(*_made(organization_id, client_id))


def _made(organization_id: UUID, client_id: UUID) -> tuple[ColumnElement[bool], ...]:
    """The merges into this client that were made and not taken back, by `ix_client_merges_into`."""
    return (
        ClientMerge.organization_id == organization_id,
        ClientMerge.into_client_id == client_id,
        ClientMerge.merged_at.is_not(None),
        ClientMerge.parted_at.is_(None),
    )


def family_of(session: Session, organization_id: UUID, client_id: UUID) -> tuple[UUID, ...]:
    """The client, and after them who was merged into them, by their ids."""
    clients = _clients()
    theirs = clients.c.organization_id == organization_id, clients.c.merged_into == client_id
    return client_id, *session.scalars(select(clients.c.id).where(*theirs).order_by(clients.c.id))


def held(organization_id: UUID, client_id: UUID) -> ColumnElement[bool]:
    """The condition that a change of this client is proposed and not decided: as long as clinical and billing hold."""
    changes = Base.metadata.tables["client_changes"]
    since = clock.now() - timedelta(seconds=HOLD_SECONDS)
    return exists().where(
        changes.c.organization_id == organization_id,
        changes.c.outcome.is_(None),
        changes.c.created_at > since,
        literal(client_id) == any_(changes.c.client_ids),
    )


def ensure_free(session: Session, organization_id: UUID, client_id: UUID) -> None:
    """Raises `ClientHeld` for a client of whom a change is proposed, and as long as it is not decided."""
    if session.scalar(select(held(organization_id, client_id))):
        raise ClientHeld()


def _stays_for(session: Session, organization_id: UUID, client_id: UUID, *, lock: bool = False) -> UUID:
    """The client into whom this one was merged; themselves where they were not, or are not there."""
    clients = _clients()
    wanted = select(clients.c.merged_into).where(
        clients.c.organization_id == organization_id, clients.c.id == client_id
    )
    return session.scalar(wanted.with_for_update() if lock else wanted) or client_id


def _clients() -> Table:
    return Base.metadata.tables["clients"]
