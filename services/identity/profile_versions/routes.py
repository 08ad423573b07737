"""The endpoints of billing profiles: of the practice, its locations, its staff."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from marshmallow import Schema

from services.identity.billing_profiles.commands import ProfileChanges, record_from
from services.identity.billing_profiles.models import BillingProfile
from services.identity.billing_profiles.queries import all_versions
from services.identity.locations import commands as locations
from services.identity.locations.queries import one_location
from services.identity.organization.queries import own_organization
from services.identity.profile_versions.queries import in_force_on
from services.identity.profile_versions.schemas import (
    BillingProfileSchema,
    BillingProfilesPage,
    LocationBillingProfileSchema,
    LocationBillingProfilesPage,
    NewBillingProfile,
    NewLocationBillingProfile,
    NewStaffBillingProfile,
    ProfileOnQuery,
    StaffBillingProfileSchema,
    StaffBillingProfilesPage,
)
from services.identity.staff import commands as staff
from services.identity.staff.queries import member_to_change
from shared.actor import Person
from shared.database.session import Session
from shared.web.paging import PageQuery
from shared.web.routes import Route


def post_billing_profile(session: Session, actor: Person, body: ProfileChanges) -> BillingProfile:
    """Say what the practice prints and bills under from a day on

    Records what invoices print and claims carry from `effective_from` until the next version begins. A day in
    the past corrects what is printed from now on; a day to come takes effect by itself.
    """
    practice = own_organization(session, actor, for_update=True)
    return record_from(session, actor, practice, body)


def get_billing_profile(session: Session, actor: Person, query: dict[str, Any]) -> BillingProfile:
    """Read what the practice prints and bills under on a day

    Without `on`, the version of today in the practice's time zone.
    """
    return in_force_on(session, own_organization(session, actor), **query)


def get_billing_profiles(session: Session, actor: Person, query: dict[str, Any]) -> dict[str, Any]:
    """List the versions of what the practice prints and bills under

    Coming versions are included; the one recorded last comes first.
    """
    return all_versions(session, own_organization(session, actor), **query)


def post_location_billing_profile(
    session: Session, actor: Person, location_id: UUID, body: ProfileChanges
) -> BillingProfile:
    """Say what a location prints from a day on

    Records what a location prints from `effective_from` until its next version begins.
    """
    return locations.print_from(session, actor, location_id, body)


def get_location_billing_profile(
    session: Session, actor: Person, location_id: UUID, query: dict[str, Any]
) -> BillingProfile:
    """Read what a location prints on a day

    Without `on`, the version of today in the practice's time zone.
    """
    return in_force_on(session, one_location(session, actor, location_id), **query)


def get_location_billing_profiles(
    session: Session, actor: Person, location_id: UUID, query: dict[str, Any]
) -> dict[str, Any]:
    """List the versions of what a location prints

    Coming versions are included; the one recorded last comes first.
    """
    return all_versions(session, one_location(session, actor, location_id), **query)


def post_staff_billing_profile(session: Session, actor: Person, staff_id: UUID, body: ProfileChanges) -> BillingProfile:
    """Say what a member of staff prints and bills under from a day on

    Records the name, credentials and numbers under which a member of staff is printed and billed from
    `effective_from` until their next version begins.
    """
    return staff.print_from(session, actor, staff_id, body)


def get_staff_billing_profile(session: Session, actor: Person, staff_id: UUID, query: dict[str, Any]) -> BillingProfile:
    """Read what a member of staff prints and bills under on a day

    Without `on`, the version of today in the practice's time zone.
    """
    return in_force_on(session, member_to_change(session, actor, staff_id), **query)


def get_staff_billing_profiles(
    session: Session, actor: Person, staff_id: UUID, query: dict[str, Any]
) -> dict[str, Any]:
    """List the versions of what a member of staff prints and bills under

    Coming versions are included; the one recorded last comes first.
    """
    return all_versions(session, member_to_change(session, actor, staff_id), **query)


Handlers = tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]
Schemas = tuple[type[Schema], type[Schema], type[Schema]]


def _three(
    below: str, permission: str, handlers: Handlers, schemas: Schemas, example: Mapping[str, Any]
) -> tuple[Route, ...]:
    """Record a version, list them, read the one in force."""
    (post, get_all, get_one), (new, version, page) = handlers, schemas
    every = f"/api/v1/{below}/billing-profiles"
    single = f"/api/v1/{below}/billing-profile"
    return (
        Route(
            "POST",
            every,
            permission,
            post,
            body=new,
            response=version,
            status=201,
            makes=f"{single}?on={{effective_from}}",
            example=example,
        ),
        Route("GET", every, permission, get_all, query=PageQuery, response=page, audit="billing_profiles.list"),
        Route("GET", single, permission, get_one, query=ProfileOnQuery, response=version, audit="billing_profile.read"),
    )


ROUTES = (
    *_three(
        "organization",
        "organization:update",
        (post_billing_profile, get_billing_profiles, get_billing_profile),
        (NewBillingProfile, BillingProfileSchema, BillingProfilesPage),
        {"effective_from": "2026-01-01", "phone": "+12125550123"},
    ),
    *_three(
        "locations/{location_id}",
        "locations:update",
        (post_location_billing_profile, get_location_billing_profiles, get_location_billing_profile),
        (NewLocationBillingProfile, LocationBillingProfileSchema, LocationBillingProfilesPage),
        {"effective_from": "2026-01-01", "phone": "+12125550123"},
    ),
    *_three(
        "staff/{staff_id}",
        "staff:update",
        (post_staff_billing_profile, get_staff_billing_profiles, get_staff_billing_profile),
        (NewStaffBillingProfile, StaffBillingProfileSchema, StaffBillingProfilesPage),
        {"effective_from": "2026-01-01", "credentials": ["LCSW"]},
    ),
)
