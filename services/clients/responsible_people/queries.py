"""Reading who pays for a client."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select

from services.clients.families.queries import family_of
from services.clients.profiles import rules as profile_rules
from services.clients.profiles.models import Client
from services.clients.profiles.queries import assigned_to_actor, in_sight
from services.clients.responsible_people.models import ResponsibleChange, ResponsiblePerson
from shared import audit
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate


def of_client(
    session: Session, actor: Caller, client_id: UUID, limit: int, cursor: str | None, on: date | None
) -> dict[str, Any]:
    """One page of the shares of a client and of all who were merged into them; `on`: of those that count on that day.

    The caller has made sure of the client.
    """
    statement = listed(actor, family_of(session, actor.organization_id, client_id))
    if on is not None:
        lasts = or_(ResponsiblePerson.effective_to.is_(None), ResponsiblePerson.effective_to >= on)
        statement = statement.where(ResponsiblePerson.effective_from <= on, lasts, ~ResponsiblePerson.set_aside)
    order = [ResponsiblePerson.effective_from, ResponsiblePerson.id]
    return paginate(session, statement, order, limit=limit, cursor=cursor)


def history_of(session: Session, actor: Caller, client_id: UUID, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of how these shares were changed. The caller has made sure of the client."""
    family = family_of(session, actor.organization_id, client_id)
    statement = select(ResponsibleChange).where(
        ResponsibleChange.organization_id == actor.organization_id, ResponsibleChange.client_id.in_(family)
    )
    return paginate(session, statement, [ResponsibleChange.id], limit=limit, cursor=cursor, descending=True)


def one_person(
    session: Session, actor: Caller, responsible_person_id: UUID, *, for_update: bool = False
) -> ResponsiblePerson:
    """A share of a client whom the actor may see; raises `NotFound`. Of one who was merged: who sees who stays."""
    statement = (
        select(ResponsiblePerson, assigned_to_actor(actor))
        .join(
            Client,
            and_(Client.organization_id == ResponsiblePerson.organization_id, Client.id == ResponsiblePerson.client_id),
        )
        .where(in_sight(actor), ResponsiblePerson.id == responsible_person_id)
    )
    found = session.execute(statement.with_for_update(of=ResponsiblePerson) if for_update else statement).first()
    if found is None:
        raise NotFound()
    person, assigned = found
    rule = profile_rules.seen_by(assigned=assigned)
    audit.describe(session, object_id=person.id, client_id=person.client_id, rule=rule)
    return person


def all_of(session: Session, actor: Caller, client_ids: Sequence[UUID]) -> Sequence[ResponsiblePerson]:
    """Every share of these clients, the ended too, by the first day: at most `EVER_MAX` of each."""
    order = ResponsiblePerson.effective_from, ResponsiblePerson.id
    return session.scalars(listed(actor, client_ids).order_by(*order)).all()


def listed(actor: Caller, client_ids: Sequence[UUID]) -> Select[ResponsiblePerson]:
    """The shares of these clients."""
    return select(ResponsiblePerson).where(
        ResponsiblePerson.organization_id == actor.organization_id, ResponsiblePerson.client_id.in_(client_ids)
    )
