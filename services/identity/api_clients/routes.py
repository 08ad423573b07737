"""The endpoints of API clients."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.identity.api_clients import commands, queries
from services.identity.api_clients.commands import ApiClientChanges, ApiClientDetails, Credentials
from services.identity.api_clients.models import ApiClient
from services.identity.api_clients.schemas import (
    ApiClientPatch,
    ApiClientSchema,
    ApiClientsPage,
    ApiClientWithSecretSchema,
    ApiCredentials,
    ApiTokenSchema,
    NewApiClient,
    Rotation,
)
from shared.actor import Person
from shared.database.session import Session
from shared.web.dumping import dump
from shared.web.paging import ListQuery
from shared.web.routes import PUBLIC, Dumped, Route


def post_api_client(session: Session, actor: Person, body: ApiClientDetails) -> Dumped:
    """Make an API client

    Makes a program's account with permissions of its own, at most those of the person who makes it. The answer
    holds its secret, shown only once.
    """
    return _with_secret(*commands.create(session, actor, body))


def get_api_clients(session: Session, actor: Person, query: dict[str, Any]) -> dict[str, Any]:
    """List API clients

    Newest first, revoked ones included. Secrets are never shown again.
    """
    return queries.api_clients(session, actor, **query)


def get_api_client(session: Session, actor: Person, api_client_id: UUID) -> ApiClient:
    """Read an API client

    Shows its permissions, its end, and whether its secret works.
    """
    return queries.one_api_client(session, actor, api_client_id)


def patch_api_client(session: Session, actor: Person, api_client_id: UUID, body: ApiClientChanges) -> ApiClient:
    """Change name, permissions or end of an API client

    Fields that are left out stay. Other permissions take effect within seconds.
    """
    return commands.change(session, actor, api_client_id, body)


def post_api_client_rotation(session: Session, actor: Person, api_client_id: UUID, body: dict[str, Any]) -> Dumped:
    """Give an API client a new secret

    Answers a new secret, shown only once. The old one works for `overlap_hours` more; with 0 the tokens that
    are out stop working too.
    """
    return _with_secret(*commands.rotate(session, actor, api_client_id, **body))


def post_api_client_revocation(session: Session, actor: Person, api_client_id: UUID) -> ApiClient:
    """Revoke an API client

    Its secrets and tokens stop working within five seconds. A revoked API client does not come back.
    """
    return commands.revoke(session, actor, api_client_id)


def post_api_token(session: Session, actor: None, body: Credentials) -> dict[str, Any]:
    """Exchange a client id and secret for an access token

    The client credentials grant of RFC 6749, section 4.4, in JSON. `client_id` is the id of the API client.
    """
    return commands.issue_token(session, body)


def _with_secret(client: ApiClient, secret: str) -> Dumped:
    return Dumped(dump(ApiClientSchema, client), client_secret=secret)


_ALL = "/api/v1/api-clients"
_ONE = _ALL + "/{api_client_id}"
ROUTES = (
    Route(
        "POST",
        _ALL,
        "api_clients:manage",
        post_api_client,
        body=NewApiClient,
        response=ApiClientWithSecretSchema,
        status=201,
        makes="/api/v1/api-clients/{api_client_id}",
        example={
            "name": "Accounting export",
            "permissions": ["invoices:read", "payments:read"],
            "expires_at": "2027-06-30T00:00:00Z",
        },
    ),
    Route(
        "GET",
        _ALL,
        "api_clients:read",
        get_api_clients,
        query=ListQuery,
        response=ApiClientsPage,
        audit="api_clients.list",
    ),
    Route("GET", _ONE, "api_clients:read", get_api_client, response=ApiClientSchema, audit="api_client.read"),
    Route(
        "PATCH",
        _ONE,
        "api_clients:manage",
        patch_api_client,
        body=ApiClientPatch,
        response=ApiClientSchema,
        changes=queries.one_api_client,
        example={"name": "Accounting export"},
    ),
    Route(
        "POST",
        _ONE + "/rotate",
        "api_clients:manage",
        post_api_client_rotation,
        body=Rotation,
        response=ApiClientWithSecretSchema,
        changes=queries.one_api_client,
        example={"overlap_hours": 24},
    ),
    Route(
        "POST",
        _ONE + "/revoke",
        "api_clients:manage",
        post_api_client_revocation,
        response=ApiClientSchema,
        changes=queries.one_api_client,
    ),
    Route(
        "POST",
        "/api/v1/tokens",
        PUBLIC,
        post_api_token,
        body=ApiCredentials,
        response=ApiTokenSchema,
        keyed=False,
        example={"client_id": "{api_client_id}", "client_secret": "the-secret-shown-once"},
    ),
)
