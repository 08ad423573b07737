"""Making API clients, giving them new secrets and tokens, ending them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update

from services.identity.api_clients import rules
from services.identity.api_clients.models import ApiClient, ApiSecret, ApiToken, still_here
from services.identity.api_clients.queries import alive, one_api_client
from services.identity.organization.queries import own_organization
from services.identity.tokens.rules import hash_token, organization_of, token_for
from shared import audit, clock
from shared.actor import Person
from shared.changes import UNSET, Changes, Unset, differing
from shared.contracts.identity import ApiClientChanged
from shared.database.session import Session, set_tenant
from shared.ids import new_id, new_id_of
from shared.messaging import outbox


@dataclass(frozen=True, slots=True)
class ApiClientDetails:
    """A program that is to act for the practice."""

    name: str
    permissions: list[str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a program signs in with."""

    client_id: UUID
    client_secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiClientChanges(Changes):
    """Changes to an API client."""

    name: str | Unset = UNSET
    permissions: list[str] | Unset = UNSET
    expires_at: datetime | Unset = UNSET


def create(session: Session, actor: Person, details: ApiClientDetails) -> tuple[ApiClient, str]:
    """A client and its secret, which is told this once. Raises `Invalid`, `MoreThanOwn`, `TooManyClients`."""
    now = clock.now()
    rules.ensure_scope(details.permissions, actor.permissions)
    rules.ensure_lifetime(details.expires_at, now)
    own_organization(session, actor, for_update=True)  # one at a time: the count holds
    living = select(func.count()).where(ApiClient.organization_id == actor.organization_id, *alive())
    if (session.scalar(living) or 0) >= rules.CLIENTS_MAX:
        raise rules.TooManyClients()
    client = ApiClient(
        organization_id=actor.organization_id,
        id=new_id_of(actor.organization_id),
        name=details.name,
        permissions=sorted(set(details.permissions)),
        expires_at=details.expires_at,
        created_by=actor.staff_id,
        created_at=now,
    )
    session.add(client)
    session.flush()
    audit.describe(session, object_id=client.id, permissions=client.permissions)
    return client, _new_secret(session, client, actor)


def change(session: Session, actor: Person, api_client_id: UUID, changes: ApiClientChanges) -> ApiClient:
    """Another name, scope or end. Raises `NotFound`, `Revoked`, `Invalid`, `MoreThanOwn`."""
    client = _living(session, actor, api_client_id)
    if changes.permissions is not UNSET:
        rules.ensure_scope(changes.permissions, actor.permissions)
        changes = replace(changes, permissions=sorted(set(changes.permissions)))
    if changes.expires_at is not UNSET:
        rules.ensure_lifetime(changes.expires_at, clock.now())
    if different := differing(client, changes.given()):
        for field, value in different.items():
            setattr(client, field, value)
        client.version += 1
        audit.describe(session, fields=sorted(different), permissions=client.permissions)
        if "permissions" in different:
            _tell(session, client, client.permissions)
    return client


def rotate(session: Session, actor: Person, api_client_id: UUID, overlap_hours: int) -> tuple[ApiClient, str]:
    """A new secret; the present one works for `overlap_hours` more, older ones no more.

    Without overlap, no token that is out works either. Raises `NotFound`, `Revoked`.
    """
    client = _living(session, actor, api_client_id)
    _retire(session, client, clock.now() + timedelta(hours=overlap_hours))
    if not overlap_hours:
        session.execute(delete(ApiToken).where(*_of(ApiToken, client)))
    client.version += 1
    return client, _new_secret(session, client, actor)


def revoke(session: Session, actor: Person, api_client_id: UUID) -> ApiClient:
    """The end: secrets and tokens mean nothing from now on. Raises `NotFound`, `Revoked`."""
    client = _living(session, actor, api_client_id)
    client.revoked_at = clock.now()
    client.version += 1
    for table in (ApiSecret, ApiToken):
        session.execute(delete(table).where(*_of(table, client)))
    client.secret_works = False
    _tell(session, client, [])
    return client


def _tell(session: Session, client: ApiClient, permissions: list[str]) -> None:
    """What it started and may not go on with ends, wherever it runs."""
    outbox.add(session, ApiClientChanged(client.organization_id, client.id, client.version, tuple(permissions)))


def issue_token(session: Session, credentials: Credentials) -> dict[str, Any]:
    """An access token for a client's id and secret (RFC 6749, 4.4). Raises `WrongSecret`."""
    organization_id = organization_of(credentials.client_secret)
    if organization_id is None:
        raise rules.WrongSecret()
    set_tenant(session, organization_id)
    now = clock.now()
    found = session.execute(
        select(ApiClient, ApiSecret)
        .join(
            ApiSecret,
            (ApiSecret.organization_id == ApiClient.organization_id) & (ApiSecret.api_client_id == ApiClient.id),
        )
        .where(
            ApiClient.organization_id == organization_id,
            ApiClient.id == credentials.client_id,
            ApiSecret.organization_id == organization_id,
            ApiSecret.hash == hash_token(credentials.client_secret),
            ApiSecret.expires_at > now,
            still_here(ApiSecret.organization_id, ApiSecret.shown_to, ApiSecret.created_at),
            *alive(),
        )
        .with_for_update(of=ApiClient)
    ).first()
    if found is None:
        _record_failure(session, organization_id, credentials.client_id)
        raise rules.WrongSecret()
    client, secret = found
    client.last_used_at = now
    _make_room(session, client, now)
    token = token_for(organization_id)
    expires_at = min(now + rules.TOKEN_LIFETIME, client.expires_at)
    session.add(
        ApiToken(**_hashed(client, token, expires_at), shown_to=secret.shown_to, secret_created_at=secret.created_at)
    )
    audit.describe(session, actor_id=client.id, object_id=client.id)
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in_seconds": int((expires_at - now).total_seconds()),
    }


def _living(session: Session, actor: Person, api_client_id: UUID) -> ApiClient:
    client = one_api_client(session, actor, api_client_id, for_update=True)
    if client.revoked_at is not None:
        raise rules.Revoked()
    audit.describe(session, object_id=client.id)
    return client


def _new_secret(session: Session, client: ApiClient, actor: Person) -> str:
    secret = token_for(client.organization_id)
    never = clock.now() + 100 * rules.LIFETIME_MAX  # ends with the client, or by rotation
    session.add(ApiSecret(**_hashed(client, secret, never), shown_to=actor.staff_id))
    client.secret_works = True
    return secret


def _retire(session: Session, client: ApiClient, until: datetime) -> None:
    """Of the secrets so far, the newest works until then, the others no more."""
    newest = select(ApiSecret.id).where(*_of(ApiSecret, client)).order_by(ApiSecret.id.desc()).limit(1)
    kept = session.scalars(newest).one()
    session.execute(delete(ApiSecret).where(*_of(ApiSecret, client), ApiSecret.id != kept))
    session.execute(update(ApiSecret).where(*_of(ApiSecret, client)).values(expires_at=until))


def _make_room(session: Session, client: ApiClient, now: datetime) -> None:
    """Tokens that are out of date go, and of the others the oldest."""
    session.execute(delete(ApiToken).where(*_of(ApiToken, client), ApiToken.expires_at <= now))
    kept = select(ApiToken.id).where(*_of(ApiToken, client)).order_by(ApiToken.id.desc()).limit(rules.TOKENS_MAX - 1)
    session.execute(delete(ApiToken).where(*_of(ApiToken, client), ApiToken.id.not_in(kept)))


def _of(table: type[ApiSecret] | type[ApiToken], client: ApiClient) -> tuple[Any, Any]:
    return table.organization_id == client.organization_id, table.api_client_id == client.id


def _hashed(client: ApiClient, value: str, expires_at: datetime) -> dict[str, Any]:
    """The columns that secrets and tokens share."""
    return {
        "organization_id": client.organization_id,
        "id": new_id(),
        "api_client_id": client.id,
        "hash": hash_token(value),
        "created_at": clock.now(),
        "expires_at": expires_at,
    }


def _record_failure(session: Session, organization_id: UUID, client_id: UUID) -> None:
    """On the organization's record, where there is such a client; a made-up id leaves nothing."""
    if session.get(ApiClient, (organization_id, client_id)) is not None:
        audit.record(
            session,
            None,
            "post_api_token",
            outcome="denied",
            organization_id=organization_id,
            object_id=client_id,
            rule=rules.WrongSecret.code,
        )
