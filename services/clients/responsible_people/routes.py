"""The endpoints of responsible people."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clients.profiles.queries import one_client
from services.clients.responsible_people import commands, queries
from services.clients.responsible_people.commands import ResponsibleChanges, ResponsibleDetails
from services.clients.responsible_people.models import ResponsiblePerson
from services.clients.responsible_people.schemas import (
    NewResponsiblePerson,
    ResponsibleChangesPage,
    ResponsiblePeoplePage,
    ResponsiblePersonPatch,
    ResponsiblePersonSchema,
    ResponsibleQuery,
)
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import PageQuery
from shared.web.routes import Route


def get_responsible_people(session: Session, actor: Caller, client_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List responsible people

    Who pays which share for the client: those of today, the coming ones and those that ended, and those of clients who
    were merged into this one.
    """
    one_client(session, actor, client_id)
    return queries.of_client(session, actor, client_id, **query)


def get_responsible_people_history(
    session: Session, actor: Caller, client_id: UUID, query: dict[str, Any]
) -> dict[str, Any]:
    """List changes of responsible people

    Who changed what about who pays for the client, with what it was before. What was removed stands here too.
    """
    one_client(session, actor, client_id)
    return queries.history_of(session, actor, client_id, **query)


def post_responsible_person(
    session: Session, actor: Caller, client_id: UUID, body: ResponsibleDetails
) -> ResponsiblePerson:
    """Add a responsible person

    Says that somebody pays a share for the client from a date of service on. On each day and for each service the
    percents come to at most 100 (`over_100_percent`), one person at most takes the rest (`two_rests`), and nobody has
    two shares (`two_shares`). At most 10 people pay at once. Invoices are not shared out by it.
    """
    return commands.add_person(session, actor, client_id, body)


def get_responsible_person(session: Session, actor: Caller, responsible_person_id: UUID) -> ResponsiblePerson:
    """Show a responsible person

    One share of one person.
    """
    return queries.one_person(session, actor, responsible_person_id)


def patch_responsible_person(
    session: Session, actor: Caller, responsible_person_id: UUID, body: ResponsibleChanges
) -> ResponsiblePerson:
    """Change or end a responsible person's share

    Fields that are left out stay. `effective_to` ends the share; it stays on record. The history keeps what it was. It
    is refused as a new share is. A share that a merge set aside counts from then on, if it agrees.
    """
    return commands.change_person(session, actor, responsible_person_id, body)


def delete_responsible_person(session: Session, actor: Caller, responsible_person_id: UUID) -> None:
    """Remove a responsible person

    Takes back a share that was entered in error and begins after today. Another one is ended instead (`was_in_force`).
    The history keeps it.
    """
    commands.remove_person(session, actor, responsible_person_id)


_ALL = "/api/v1/clients/{client_id}/responsible-people"
_ONE = "/api/v1/responsible-people/{responsible_person_id}"
ROUTES = (
    Route(
        "GET",
        _ALL,
        "clients:read",
        get_responsible_people,
        query=ResponsibleQuery,
        response=ResponsiblePeoplePage,
        audit="responsible_people.list",
    ),
    Route(
        "GET",
        f"{_ALL}/history",
        "clients:read",
        get_responsible_people_history,
        query=PageQuery,
        response=ResponsibleChangesPage,
        audit="responsible_people.history",
    ),
    Route(
        "POST",
        _ALL,
        "clients:update",
        post_responsible_person,
        body=NewResponsiblePerson,
        response=ResponsiblePersonSchema,
        status=201,
        makes=_ONE,
        example={
            "given_name": "Rosa",
            "family_name": "Quint",
            "share": {"kind": "percent", "percent": 60},
            "effective_from": "2026-03-01",
        },
    ),
    Route(
        "GET",
        _ONE,
        "clients:read",
        get_responsible_person,
        response=ResponsiblePersonSchema,
        audit="responsible_person.read",
    ),
    Route(
        "PATCH",
        _ONE,
        "clients:update",
        patch_responsible_person,
        body=ResponsiblePersonPatch,
        response=ResponsiblePersonSchema,
        changes=queries.one_person,
        example={"effective_to": "2026-12-31"},
    ),
    Route("DELETE", _ONE, "clients:update", delete_responsible_person, status=204, changes=queries.one_person),
)
