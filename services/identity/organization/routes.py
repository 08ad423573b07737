"""The endpoints of the organization."""

from __future__ import annotations

from typing import Any

from services.identity.organization import commands, queries
from services.identity.organization.commands import SettingsChanges
from services.identity.organization.models import Organization
from services.identity.organization.schemas import (
    OrganizationChangesPage,
    OrganizationPatch,
    OrganizationSchema,
    PublicOrganizationSchema,
)
from shared import audit
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.dumping import dump
from shared.web.paging import PageQuery
from shared.web.routes import Dumped, Route


def get_organization(session: Session, actor: Caller) -> Dumped:
    """Read the organization's profile and settings

    Those who change settings see all of them; everybody else sees the name, the time zone and what is printed.
    """
    whole = actor.may("organization:update")
    if not whole:
        audit.describe_as_harmless(session)
    schema = OrganizationSchema if whole else PublicOrganizationSchema
    return Dumped(dump(schema, queries.settings_of_today(session, actor)))


def patch_organization(session: Session, actor: Person, body: SettingsChanges) -> Organization:
    """Change the organization's settings

    Fields that are left out stay. What is printed and billed under changes from today on; documents that were
    issued keep what they say. Each changed setting is kept with who changed it.
    """
    return commands.change_organization(session, actor, body)


def get_settings_history(session: Session, actor: Person, query: dict[str, Any]) -> dict[str, Any]:
    """Read who changed which setting, and from what to what

    One line for each setting that changed, latest first.
    """
    return queries.settings_history(session, actor, **query)


ROUTES = (
    Route(
        "GET",
        "/api/v1/organization",
        "organization:read",
        get_organization,
        response=OrganizationSchema,
        audit="organization.read",
    ),
    Route(
        "PATCH",
        "/api/v1/organization",
        "organization:update",
        patch_organization,
        body=OrganizationPatch,
        response=OrganizationSchema,
        changes=queries.own_organization,
        example={
            "legal_name": "Mill Lane Therapy PLLC",
            "npi": "1234567893",
            "phone": "+12125550123",
            "address": {"line1": "12 Mill Lane", "city": "Albany", "state": "NY", "postal_code": "12207-1234"},
        },
    ),
    Route(
        "GET",
        "/api/v1/organization/history",
        "organization:update",
        get_settings_history,
        query=PageQuery,
        response=OrganizationChangesPage,
        audit="organization_history.read",
    ),
)
