"""The endpoints of cancellation policies."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.identity.cancellation_policies import commands, queries
from services.identity.cancellation_policies.commands import PolicyDetails
from services.identity.cancellation_policies.models import CancellationPolicy
from services.identity.cancellation_policies.schemas import (
    CancellationPoliciesPage,
    CancellationPolicySchema,
    NewCancellationPolicy,
)
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.paging import PageQuery
from shared.web.routes import Route


def post_cancellation_policy(session: Session, actor: Person, body: PolicyDetails) -> CancellationPolicy:
    """Add a version of the cancellation policy

    Adds a version that holds from a day on. Earlier versions stay readable and never change.
    """
    return commands.add_version(session, actor, body)


def get_cancellation_policies(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List the versions of the cancellation policy

    Newest first; the first version whose `effective_from` is not after a day holds on that day.
    """
    return queries.all_versions(session, actor, **query)


def get_cancellation_policy(session: Session, actor: Caller, policy_id: UUID) -> CancellationPolicy:
    """Read a version of the cancellation policy

    A version never changes: what a client agreed to stays readable.
    """
    return queries.one_version(session, actor, policy_id)


_ALL = "/api/v1/cancellation-policies"
ROUTES = (
    Route(
        "POST",
        _ALL,
        "organization:update",
        post_cancellation_policy,
        body=NewCancellationPolicy,
        response=CancellationPolicySchema,
        status=201,
        makes="/api/v1/cancellation-policies/{policy_id}",
        example={
            "effective_from": "2026-01-01",
            "notice_hours": 24,
            "late_cancel_fee_cents": 7500,
            "no_show_fee_cents": 10000,
            "text": "Cancel at least 24 hours before your appointment.",
        },
    ),
    Route(
        "GET", _ALL, "organization:read", get_cancellation_policies, query=PageQuery, response=CancellationPoliciesPage
    ),
    Route(
        "GET",
        _ALL + "/{policy_id}",
        "organization:read",
        get_cancellation_policy,
        response=CancellationPolicySchema,
        audit="cancellation_policy.read",
    ),
)
