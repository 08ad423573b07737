"""The endpoints of the organization."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from services.identity.organization import commands, queries
from services.identity.organization.models import Organization
from services.identity.organization.schemas import (
    OrganizationPatch,
    OrganizationSchema,
    PublicOrganizationSchema,
)
from shared.actor import Actor
from shared.web.routes import Dumped, Route


def get_organization(session: Session, actor: Actor) -> Dumped:
    """Read the organization's profile and settings"""
    whole = actor.may("organization:update")
    schema = OrganizationSchema if whole else PublicOrganizationSchema
    return Dumped(schema().dump(queries.own_organization(session, actor)))


def patch_organization(session: Session, actor: Actor, body: dict[str, Any], if_match: int | None) -> Organization:
    """Change the organization's settings"""
    return commands.change_organization(session, actor, body, if_match)


ROUTES = (
    Route("GET", "/api/v1/organization", "organization:read", get_organization, answer=OrganizationSchema),
    Route(
        "PATCH",
        "/api/v1/organization",
        "organization:update",
        patch_organization,
        body=OrganizationPatch,
        answer=OrganizationSchema,
        if_match=True,
    ),
)
