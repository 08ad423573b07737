"""The endpoints of billing profiles."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from services.identity.billing_profiles import commands, queries
from services.identity.billing_profiles.models import BillingProfile
from services.identity.billing_profiles.schemas import (
    BillingProfileSchema,
    BillingProfilesPage,
    NewBillingProfile,
    ProfileOnQuery,
)
from services.identity.organization.queries import own_organization
from shared import clock
from shared.actor import Actor
from shared.web.paging import PageQuery
from shared.web.routes import Route


def post_billing_profile(session: Session, actor: Actor, body: dict[str, Any]) -> BillingProfile:
    """Say what the practice prints and bills under from a day on"""
    own_organization(session, actor, for_update=True)
    return commands.record_from(session, actor, body.pop("effective_from"), body)


def get_billing_profile(session: Session, actor: Actor, query: dict[str, Any]) -> BillingProfile:
    """Read what the practice prints and bills under on a day"""
    today = clock.today(own_organization(session, actor).time_zone)
    return queries.in_force(session, actor.organization_id, query["on"] or today)


def get_billing_profiles(session: Session, actor: Actor, query: dict[str, Any]) -> dict[str, Any]:
    """List the versions of what the practice prints and bills under"""
    return queries.all_versions(session, actor, **query)


_ALL = "/api/v1/organization/billing-profiles"
ROUTES = (
    Route(
        "POST",
        _ALL,
        "organization:update",
        post_billing_profile,
        body=NewBillingProfile,
        answer=BillingProfileSchema,
        status=201,
    ),
    Route(
        "GET",
        _ALL,
        "organization:update",
        get_billing_profiles,
        query=PageQuery,
        answer=BillingProfilesPage,
        audit="billing_profiles.list",
    ),
    Route(
        "GET",
        "/api/v1/organization/billing-profile",
        "organization:update",
        get_billing_profile,
        query=ProfileOnQuery,
        answer=BillingProfileSchema,
        audit="billing_profile.read",
    ),
)
