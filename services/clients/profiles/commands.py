"""Adding clients and changing their data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.clients.assignments.commands import assign_creator
from services.clients.contacts import rules as contacts
from services.clients.contacts.rules import Contact
from services.clients.copies.queries import practice_today, wished_staff
from services.clients.own_fields.commands import merge_values
from services.clients.own_fields.rules import Definition, merged_values
from services.clients.profile_changes.commands import write_down
from services.clients.profiles import addresses, rules
from services.clients.profiles.indexing import index, rename_members, tell
from services.clients.profiles.models import Client
from services.clients.profiles.queries import one_client
from services.clients.tags import rules as tags
from services.clients.waiting.rules import WAITS, Waiting
from shared import audit, clock
from shared.actor import Caller
from shared.changes import UNSET, Changes, Unset
from shared.database.session import Session
from shared.errors import Invalid
from shared.ids import new_id_of
from shared.texts import comparable_email

# Which have no column of their own: of most there are several, the first one apart.
_SEVERAL: Final = (
    "address",
    "phone",
    "email",
    "contacts",
    "emergency_contact",
    "emergency_contacts",
    "waiting",
    "tags",
    "custom",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientDetails:
    """A client to add. `address` and `emergency_contact` are kept as documents; `phone` is in E.164.

    `contacts` are all ways to reach them, in place of `phone` and `email`; `emergency_contacts` likewise.
    `custom` holds values of the practice's own fields, by slug. Without a `client_type` their age on that day says it.
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
    contacts: list[Contact] | None = None
    address: dict[str, Any] | None = None
    emergency_contact: dict[str, Any] | None = None
    emergency_contacts: list[dict[str, Any]] | None = None
    time_zone: str | None = None
    waiting: Waiting | None = None
    tags: list[str] | None = None
    custom: dict[str, Any] | None = None


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
    contacts: list[Contact] | Unset = UNSET
    address: dict[str, Any] | Unset | None = UNSET
    emergency_contact: dict[str, Any] | Unset | None = UNSET
    emergency_contacts: list[dict[str, Any]] | Unset = UNSET
    time_zone: str | Unset | None = UNSET
    waiting: Waiting | Unset | None = UNSET
    tags: list[str] | Unset = UNSET
    custom: dict[str, Any] | Unset = UNSET


def create_client(session: Session, actor: Caller, details: ClientDetails) -> Client:
    """A new client. Somebody who sees only assigned clients is assigned to the one they add. Raises `Invalid`."""
    _look_up_wish(session, actor, details.waiting)
    client = new_client(session, actor, details, practice_today(session, actor))
    session.add(client)
    session.flush()
    addresses.begin(session, actor, client)
    index(session, client)
    tell(session, client)
    if actor.sees_assigned_only:
        assign_creator(session, actor, client.id)
    audit.describe(session, object_id=client.id, client_id=client.id, rule="level")
    return client


def new_client(
    session: Session, actor: Caller, details: ClientDetails, today: date, own: Iterable[Definition] | None = None
) -> Client:
    """A client with these details, not yet written; `today`: the practice's day. Raises `Invalid`.

    `own`: the practice's own fields among these details, where they are known; else they are read.
    """
    by_age = {"client_type": rules.type_by_age(details.date_of_birth, today)}
    client = Client(
        organization_id=actor.organization_id,
        id=new_id_of(actor.organization_id),
        created_at=clock.now(),
        version=1,
        former_names=[],
        further_contacts=[],
        further_emergency_contacts=[],
        tags=[],
        custom={},
        written_address=details.address,
        coming_addresses=[],
        **by_age,
    )
    # An address of None would be kept as JSON's null: what nobody gave is left out.
    given = {field.name: getattr(details, field.name) for field in fields(details)}
    _set(client, {name: value for name, value in given.items() if value is not None})
    _let_wait(session, actor, client, given)
    if own is None:
        _keep_own(session, actor, client, given)
    else:
        client.custom = merged_values(own, {}, details.custom or {})
    return client


def change_client(session: Session, actor: Caller, client_id: UUID, changes: ClientChanges) -> Client:
    """Merge the given fields; what is as given already changes nothing. Raises `NotFound`, `Invalid`.

    An address is the client's from today on; earlier ones stay on record. Raises `TooManyAddresses`.
    """
    given = changes.given()
    _look_up_wish(session, actor, given.get("waiting"))
    client = one_client(session, actor, client_id, for_update=True)
    status, called = client.status, client.display_name
    before = {name: getattr(client, name) for name in given}
    _set(client, given)
    if "address" in given and given["address"] != client.address:
        addresses.move(session, actor, client, given["address"])
    client.was(status)
    _let_wait(session, actor, client, given)
    _keep_own(session, actor, client, given)
    after = {name: getattr(client, name) for name in given}
    different = sorted(name for name, value in before.items() if after[name] != value)
    if not different:
        return client
    write_down(session, actor, client.id, before, after)
    client.version += 1
    index(session, client)
    tell(session, client)
    if client.display_name != called:
        rename_members(session, client)
    audit.describe(session, fields=different)
    return client


def _set(client: Client, given: Mapping[str, Any]) -> None:
    """Write the given fields. The first phone, e-mail and emergency contact have further ones behind them."""
    plain = {name: value for name, value in given.items() if name not in _SEVERAL}
    for name, value in plain.items():
        setattr(client, name, value)
    if "tags" in given:
        client.tags = tags.tidy(given["tags"])
    reached = list(given["contacts"]) if "contacts" in given else list(client.ways.all)
    for channel in ("phone", "email"):
        if channel in given:
            reached = contacts.with_first(reached, channel, given[channel])
    client.reach_by(reached)
    client.email_key = _email_key(client.email)
    called = given.get("emergency_contacts", client.emergency_contacts)
    if "emergency_contact" in given:
        called = [*([given["emergency_contact"]] if given["emergency_contact"] else []), *called[1:]]
    first = called[0] if called else None
    if client.emergency_contact != first:  # None that is written where nothing stands would be JSON's null
        client.emergency_contact = first
    client.further_emergency_contacts = list(called[1:])


def _look_up_wish(session: Session, actor: Caller, wished: Waiting | None) -> None:
    """Raises as `wished_staff`. It may wait, so it comes before the locks."""
    if wished is not None and wished.staff_id is not None:
        wished_staff(session, actor, wished.staff_id, "waiting.staff_id")


def _let_wait(session: Session, actor: Caller, client: Client, given: Mapping[str, Any]) -> None:
    """On the waiting list, or off it: only prospective clients are on it. Raises `Invalid` (`not_prospective`)."""
    wished: Waiting | None = given.get("waiting")
    if wished is not None and client.status != WAITS:
        raise Invalid.field("waiting", "not_prospective", "Only prospective clients are on the waiting list.")
    if wished is not None:
        since = wished.since or client.waiting_since or practice_today(session, actor)
        offers = client.waiting.offers if client.waiting else ()
        client.wait(replace(wished, since=since, offers=offers))
    elif "waiting" in given or client.status != WAITS:
        client.waiting_since = None  # without it, what they wished for means nothing


def _keep_own(session: Session, actor: Caller, client: Client, given: Mapping[str, Any]) -> None:
    """The values of the practice's own fields. Raises `Invalid` that names each wrong one as `custom.<slug>`."""
    if given.get("custom"):
        client.custom = merge_values(session, actor, client.custom, given["custom"])


def _email_key(email: str | None) -> str | None:
    return comparable_email(email) if email else None
