"""Reading the fields that a practice has made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, true

from services.clients.own_fields.models import ClientField
from services.clients.own_fields.rules import Definition
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import Invalid, NotFound
from shared.web.paging import paginate


def one_field(session: Session, actor: Caller, client_field_id: UUID, *, for_update: bool = False) -> ClientField:
    """A field of the actor's organization; raises `NotFound`."""
    statement = select(ClientField).where(
        ClientField.organization_id == actor.organization_id, ClientField.id == client_field_id
    )
    field = session.scalars(statement.with_for_update() if for_update else statement).first()
    if field is None:
        raise NotFound()
    return field


def all_fields(session: Session, actor: Caller) -> Sequence[ClientField]:
    """Every field of the organization, the archived too: at most `FIELDS_EVER_MAX`."""
    return session.scalars(select(ClientField).where(ClientField.organization_id == actor.organization_id)).all()


def list_fields(
    session: Session, actor: Caller, limit: int, cursor: str | None, archived: bool | None
) -> dict[str, Any]:
    """One page of the fields in the order of the form; `archived`: only the archived, or only the others."""
    statement = select(ClientField).where(
        ClientField.organization_id == actor.organization_id,
        true() if archived is None else ClientField.archived.is_(archived),
    )
    return paginate(session, statement, [ClientField.position, ClientField.id], limit=limit, cursor=cursor)


def definitions_of(session: Session, actor: Caller, slugs: Collection[str]) -> list[Definition]:
    """What the fields with these slugs take; a slug that is none is left out."""
    found = session.scalars(
        select(ClientField).where(ClientField.organization_id == actor.organization_id, ClientField.slug.in_(slugs))
    )
    return [field.definition for field in found]


def fields_called(session: Session, actor: Caller, slugs: Collection[str], named: str) -> list[ClientField]:
    """The fields with these slugs, the archived too, in their order. Raises `Invalid` naming `named` for another."""
    if not slugs:
        return []
    wanted = ClientField.organization_id == actor.organization_id, ClientField.slug.in_(slugs)
    found = {field.slug: field for field in session.scalars(select(ClientField).where(*wanted))}
    if missing := [slug for slug in slugs if slug not in found]:
        raise Invalid.field(named, "unknown", "The practice has no such field.", missing[0])
    return [found[slug] for slug in slugs]
