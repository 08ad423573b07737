"""Reading API clients, and what their tokens mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnExpressionArgument, select

from services.identity.api_clients.models import ApiClient, ApiSecret, ApiToken, still_here
from services.identity.tokens.rules import hash_token
from shared import clock
from shared.actor import Person, Program
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate


def one_api_client(session: Session, actor: Person, api_client_id: UUID, *, for_update: bool = False) -> ApiClient:
    """An API client of the actor's organization, revoked ones included; raises `NotFound`."""
    client = session.get(ApiClient, (actor.organization_id, api_client_id), with_for_update=for_update or None)
    if client is None:
        raise NotFound()
    with_secrets(session, [client])
    return client


def api_clients(
    session: Session, actor: Person, limit: int, cursor: str | None, ids: Sequence[UUID] | None
) -> dict[str, Any]:
    """One page of API clients, newest first; `ids`: only these."""
    statement = select(ApiClient).where(ApiClient.organization_id == actor.organization_id)
    if ids is not None:
        statement = statement.where(ApiClient.id.in_(ids))
    page = paginate(session, statement, [ApiClient.id], limit=limit, cursor=cursor, descending=True)
    with_secrets(session, page["items"])
    return page


def with_secrets(session: Session, clients: Sequence[ApiClient]) -> None:
    """Say of each whether it has a secret that works: none does once the person who was shown it has left."""
    statement = select(ApiSecret.api_client_id).where(
        ApiSecret.organization_id.in_({client.organization_id for client in clients}),
        ApiSecret.api_client_id.in_([client.id for client in clients]),
        still_here(ApiSecret.organization_id, ApiSecret.shown_to, ApiSecret.created_at),
    )
    working = set(session.scalars(statement)) if clients else set()
    for client in clients:
        client.secret_works = client.id in working


def alive() -> tuple[ColumnExpressionArgument[bool], ...]:
    """That a client was not revoked and has not expired."""
    return ApiClient.revoked_at.is_(None), ApiClient.expires_at > clock.now()


def resolve_api_token(session: Session, organization_id: UUID, token: str) -> tuple[Program, datetime] | None:
    """Which client's token it is, with its permissions of this moment, and when the token expires; None: none's.

    The tenant is that organization.
    """
    found = session.execute(
        select(ApiToken.id, ApiToken.expires_at, ApiToken.api_client_id, ApiClient.permissions)
        .join(
            ApiClient,
            (ApiClient.organization_id == ApiToken.organization_id) & (ApiClient.id == ApiToken.api_client_id),
        )
        .where(
            ApiToken.organization_id == organization_id,
            ApiToken.hash == hash_token(token),
            ApiToken.expires_at > clock.now(),
            still_here(ApiToken.organization_id, ApiToken.shown_to, ApiToken.secret_created_at),
            *alive(),
        )
    ).first()
    if found is None:
        return None
    program = Program(organization_id, found.api_client_id, frozenset(found.permissions), found.id)
    return program, found.expires_at
