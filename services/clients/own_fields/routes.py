"""The endpoints of a practice's own fields."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clients.own_fields import commands, queries
from services.clients.own_fields.commands import FieldChanges, FieldDetails
from services.clients.own_fields.models import ClientField
from services.clients.own_fields.schemas import (
    ClientFieldPatch,
    ClientFieldSchema,
    ClientFieldsPage,
    ClientFieldsQuery,
    NewClientField,
)
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.routes import Route


def post_client_field(session: Session, actor: Person, body: FieldDetails) -> ClientField:
    """Add an own field

    Adds a field that the practice keeps of each client. Its slug is made of the name; slug and type stay as they are.
    A practice has up to 50 that are not archived.
    """
    return commands.add_field(session, actor, body)


def get_client_fields(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List own fields

    In the order of the form, the archived ones too. It shows no value of a client.
    """
    return queries.list_fields(session, actor, **query)


def get_client_field(session: Session, actor: Caller, client_field_id: UUID) -> ClientField:
    """Show an own field

    Shows the field with its choices, the archived ones too.
    """
    return queries.one_field(session, actor, client_field_id)


def patch_client_field(session: Session, actor: Person, client_field_id: UUID, body: FieldChanges) -> ClientField:
    """Change or archive an own field

    Fields that are left out stay. Nothing is deleted: an archived field shows what it said of clients, and an
    archived choice stays where it was chosen.
    """
    return commands.change_field(session, actor, client_field_id, body)


_ALL = "/api/v1/client-fields"
_ONE = "/api/v1/client-fields/{client_field_id}"
ROUTES = (
    Route(
        "POST",
        _ALL,
        "client_fields:manage",
        post_client_field,
        body=NewClientField,
        response=ClientFieldSchema,
        status=201,
        makes=_ONE,
        example={"name": "Pets", "type": "choice", "choices": [{"name": "Dog"}, {"name": "Cat"}]},
    ),
    Route(
        "GET",
        _ALL,
        "clients:read",
        get_client_fields,
        query=ClientFieldsQuery,
        response=ClientFieldsPage,
        audit="client_fields.list",
    ),
    Route("GET", _ONE, "clients:read", get_client_field, response=ClientFieldSchema, audit="client_field.read"),
    Route(
        "PATCH",
        _ONE,
        "client_fields:manage",
        patch_client_field,
        body=ClientFieldPatch,
        response=ClientFieldSchema,
        changes=queries.one_field,
        example={"name": "School or employer"},
    ),
)
