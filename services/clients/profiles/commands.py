"""Adding clients and changing their data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from services.clients.assignments.commands import assign_creator
from services.clients.copies.queries import practice_today
from services.clients.profiles import rules
from services.clients.profiles.models import Client, ClientToken
from services.clients.profiles.queries import one_client
from shared import audit, clock
from shared.actor import Caller
from shared.changes import UNSET, Changes, Unset, differing
from shared.contracts.clients import ClientChanged
from shared.database.session import Session
from shared.errors import Invalid
from shared.ids import new_id_of
from shared.messaging import outbox
from shared.texts import comparable_email


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDetails:
    """A client to add. `address` and `emergency_contact` are kept as documents; `phone` is in E.164.

    Without a `client_type` their age on that day says it.
    """

    given_name: str
    family_name: str
    date_of_birth: date
    sex: str
    status: str
    client_type: str | None = None
    middle_name: str | None = None
    name_suffix: str | None = None
    preferred_name: str | None = None
    former_names: list[str] | None = None
    pronouns: str | None = None
    gender_identity: str | None = None
    language: str | None = None
    referral_source: str | None = None
    intake_date: date | None = None
    email: str | None = None
    phone: str | None = None
    address: dict[str, Any] | None = None
    emergency_contact: dict[str, Any] | None = None
    time_zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientChanges(Changes):
    """Changes to a client's basic data, in the same forms; None empties a field."""

    given_name: str | Unset = UNSET
    family_name: str | Unset = UNSET
    date_of_birth: date | Unset = UNSET
    sex: str | Unset = UNSET
    status: str | Unset = UNSET
    client_type: str | Unset = UNSET
    middle_name: str | Unset | None = UNSET
    name_suffix: str | Unset | None = UNSET
    preferred_name: str | Unset | None = UNSET
    former_names: list[str] | Unset = UNSET
    pronouns: str | Unset | None = UNSET
    gender_identity: str | Unset | None = UNSET
    language: str | Unset | None = UNSET
    referral_source: str | Unset | None = UNSET
    intake_date: date | Unset | None = UNSET
    email: str | Unset | None = UNSET
    phone: str | Unset | None = UNSET
    address: dict[str, Any] | Unset | None = UNSET
    emergency_contact: dict[str, Any] | Unset | None = UNSET
    time_zone: str | Unset | None = UNSET


def create_client(session: Session, actor: Caller, details: ClientDetails) -> Client:
    """A new client. Somebody who sees only assigned clients is assigned to the one they add. Raises `Invalid`."""
    _ensure_born(session, actor, details.date_of_birth)
    by_age = {"client_type": rules.type_by_age(details.date_of_birth, practice_today(session, actor))}
    client = Client(
        organization_id=actor.organization_id,
        id=new_id_of(actor.organization_id),
        created_at=clock.now(),
        email_key=_email_key(details.email),
        # An address of None would be kept as JSON's null: what nobody gave is left out.
        **by_age | {name: value for name, value in asdict(details).items() if value is not None},
    )
    session.add(client)
    session.flush()
    _index_name(session, client)
    _tell(session, client)
    if actor.sees_assigned_only:
        assign_creator(session, actor, client.id)
    audit.describe(session, object_id=client.id, client_id=client.id, rule="level")
    return client


def change_client(session: Session, actor: Caller, client_id: UUID, changes: ClientChanges) -> Client:
    """Merge the given fields; what is as given already changes nothing. Raises `NotFound`, `Invalid`."""
    client = one_client(session, actor, client_id, for_update=True)
    if changes.date_of_birth is not UNSET:
        _ensure_born(session, actor, changes.date_of_birth)
    different = differing(client, changes.given())
    if not different:
        return client
    for field, value in different.items():
        setattr(client, field, value)
    client.email_key = _email_key(client.email)
    client.version += 1
    _index_name(session, client)
    _tell(session, client)
    audit.describe(session, fields=sorted(different))
    return client


def _ensure_born(session: Session, actor: Caller, born: date) -> None:
    if born > practice_today(session, actor):
        raise Invalid.field("date_of_birth", "in_the_future", "The date of birth is in the future.")


def _email_key(email: str | None) -> str | None:
    return comparable_email(email) if email else None


def _index_name(session: Session, client: Client) -> None:
    session.execute(
        delete(ClientToken).where(
            ClientToken.organization_id == client.organization_id, ClientToken.client_id == client.id
        )
    )
    session.add_all(
        ClientToken(
            organization_id=client.organization_id, client_id=client.id, token=token, name=client.sort_key_of_names
        )
        for token in sorted(client.known_as.tokens)
    )


def _tell(session: Session, client: Client) -> None:
    outbox.add(
        session,
        ClientChanged(
            organization_id=client.organization_id,
            client_id=client.id,
            version=client.version,
            display_name=client.display_name,
            status=client.status,
            time_zone=client.time_zone,
        ),
    )
