"""The catalogue's endpoints."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.billing.catalogue import commands, queries
from services.billing.catalogue.commands import ServiceChanges
from services.billing.catalogue.rules import ServiceFacts
from services.billing.catalogue.schemas import (
    NewServiceType,
    ServiceTypePatch,
    ServiceTypeSchema,
    ServiceTypesPage,
    ServiceTypesQuery,
)
from services.billing.copies.queries import practice_today
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.routes import Route


def post_service_type(session: Session, actor: Person, body: ServiceFacts) -> dict[str, Any]:
    """Add a service

    Adds a service to the catalogue with its first rate. Kind and code stay as they are; rates are added.
    """
    return queries.as_response(
        actor, commands.create_service_type(session, actor, body), practice_today(session, actor)
    )


def get_service_types(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List services

    By name, with the rate of today for those who read invoices.
    """
    return queries.list_service_types(session, actor, query)


def get_service_type(session: Session, actor: Caller, service_type_id: UUID) -> dict[str, Any]:
    """Show a service

    Shows the service, with all its rates for those who read invoices.
    """
    return queries.as_response(
        actor, queries.one_service_type(session, actor, service_type_id), practice_today(session, actor)
    )


def patch_service_type(session: Session, actor: Person, service_type_id: UUID, body: ServiceChanges) -> dict[str, Any]:
    """Change or archive a service

    Fields that are left out stay. An archived service can no longer be booked. Code, kind and rates never
    change, so that what was billed keeps its meaning.
    """
    changed = commands.update_service_type(session, actor, service_type_id, body)
    return queries.as_response(actor, changed, practice_today(session, actor))


_ONE = "/api/v1/service-types/{service_type_id}"
ROUTES = (
    Route(
        "POST",
        "/api/v1/service-types",
        "service_types:create",
        post_service_type,
        body=NewServiceType,
        response=ServiceTypeSchema,
        status=201,
        makes="/api/v1/service-types/{service_type_id}",
        example={
            "name": "Psychotherapy 45",
            "kind": "cpt",
            "code": "90834",
            "rate_cents": 15000,
            "duration_minutes": 45,
        },
    ),
    Route(
        "GET",
        "/api/v1/service-types",
        "service_types:read",
        get_service_types,
        query=ServiceTypesQuery,
        response=ServiceTypesPage,
    ),
    Route("GET", _ONE, "service_types:read", get_service_type, response=ServiceTypeSchema),
    Route(
        "PATCH",
        _ONE,
        "service_types:update",
        patch_service_type,
        body=ServiceTypePatch,
        response=ServiceTypeSchema,
        changes=queries.one_service_type,
        example={"name": "Psychotherapy 60"},
    ),
)
