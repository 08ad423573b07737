"""Looking copies up, with a moment's patience for what was created elsewhere just now; ask before taking locks.

An unknown id in a body is `Hidden` and names its `field`; one in a path is `NotFound`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm.attributes import InstrumentedAttribute

from services.clinical.copies.models import (
    AssignmentCopy,
    ClientCopy,
    InvoiceCopy,
    LocationCopy,
    OrganizationCopy,
    ServiceTypeCopy,
    StaffCopy,
)
from services.clinical.opening_hours.rules import OpeningHours
from services.clinical.signature import NOBODY, Signer
from shared import clock
from shared.actor import Actor, Caller, Person
from shared.client_changes import DELETED, ClientHeld, ensure_free
from shared.client_families import in_families, members, survivors
from shared.database.copies import hold
from shared.database.read_your_writes import arrived, awaited, is_young, wait_until_true
from shared.database.session import Session
from shared.database.together import read_together
from shared.errors import Hidden, Invalid, NotFound
from shared.permissions import SIGNING_LEVELS

T = TypeVar("T")
WARNING_SECONDS = 0.25  # what a warning is worth waiting for; a refusal is worth more


def practice_today(session: Session, actor: Caller) -> date:
    """Today on the practice's calendar, by its time zone; waits and raises as `organization` does."""
    return clock.today(organization(session, actor).time_zone)


def organization(session: Session, actor: Caller) -> OrganizationCopy:
    """The actor's organization; raises `NotArrivedYet` (503) while its event is under way, however late."""
    found = awaited(session, lambda: session.get(OrganizationCopy, actor.organization_id))
    session.keep(found)
    return found


def read_ahead(session: Session, actor: Caller, client_id: UUID, staff_id: UUID, service_type_id: UUID) -> None:
    """Read what a booking names in one statement. What is not there yet is waited for by who looks it up."""
    here = actor.organization_id
    wanted = {ClientCopy: (here, client_id), StaffCopy: (here, staff_id), ServiceTypeCopy: (here, service_type_id)}
    read_together(session, {OrganizationCopy: here, **wanted})


def opening_hours(session: Session, actor: Caller) -> OpeningHours:
    """When the practice is open; waits and raises as `organization` does."""
    practice = organization(session, actor)
    return OpeningHours(practice.business_hours, practice.holidays)


def known_client(session: Session, actor: Caller, client_id: UUID, field: str | None = None) -> ClientCopy:
    """A client that the actor may know of: any of the organization, or only assigned ones.

    Who has just added a client, or been assigned to one, need not wait for that event.
    """
    # The assignment first: the wait for it must not tell a client who is hidden from one whom nobody knows.
    narrowed = actor if actor.sees_assigned_only else None
    hidden = narrowed is not None and not wait_until_true(session, lambda: is_assigned(session, narrowed, client_id))
    client = _known(session, ClientCopy, actor, client_id, field)
    if client.status == DELETED:
        raise _unknown(field)
    if narrowed is not None and hidden and not is_assigned(session, narrowed, client_id):
        raise _unknown(field)
    return client


def family_of(session: Session, organization_id: UUID, client_id: UUID) -> tuple[UUID, ...]:
    """The client and all whom they have taken over; nothing is waited for. Whom the actor may see is asked elsewhere.

    Of a client who was looked up before it costs no query.
    """
    client = session.get(ClientCopy, (organization_id, client_id))
    session.keep(client)
    return (client_id,) if client is None else client.family


def of_family(
    column: InstrumentedAttribute[UUID], organization_id: UUID, client_ids: Collection[UUID]
) -> ColumnElement[bool]:
    """The condition that a column names one of these clients, or somebody of their families."""
    return in_families(column, ClientCopy, organization_id, client_ids)


def members_of(session: Session, organization_id: UUID, client_ids: Collection[UUID]) -> set[UUID]:
    """Everybody in the families of these clients. Of those who were looked up before it costs no query."""
    keys = (session.identity_key(ClientCopy, (organization_id, client_id)) for client_id in client_ids)
    at_hand = [client for key in keys if (client := session.identity_map.get(key)) and client.merged_into is None]
    if len(at_hand) == len(client_ids):
        return {member for client in at_hand for member in client.family}
    return {*client_ids, *session.scalars(members(ClientCopy, organization_id, client_ids))}


def are_one(session: Session, organization_id: UUID, client_id: UUID, other_id: UUID) -> bool:
    """Whether two ids are of one client, or of one family."""
    if client_id == other_id:
        return True
    both = survivors(session, ClientCopy, organization_id, {client_id, other_id})
    return both.get(client_id, client_id) == both.get(other_id, other_id)


def ensure_not_held(session: Session, actor: Actor, client_ids: Collection[UUID]) -> None:
    """Raises `ClientHeld` where one of these is about to be deleted or merged.

    It comes after the lock of what is theirs and is to be changed.
    """
    held = ClientCopy.organization_id == actor.organization_id, ClientCopy.id.in_(client_ids)
    if session.scalar(select(ClientCopy.id).where(*held, ClientCopy.held_until > clock.now()).limit(1)) is not None:
        raise ClientHeld()


def ensure_client_free(session: Session, actor: Actor, client_ids: Collection[UUID], field: str) -> None:
    """Raises `ClientHeld` and `Hidden` as `ensure_free` does. It comes after the clients' turns were taken."""
    ensure_free(session, ClientCopy, actor.organization_id, client_ids, field)


def known_staff(session: Session, actor: Caller, staff_id: UUID, field: str | None = None) -> StaffCopy:
    """A member of staff, active or not."""
    return _known(session, StaffCopy, actor, staff_id, field)


def as_person(staff: StaffCopy, practice: OrganizationCopy) -> Person:
    """A member of staff with the rights that they have as far as has arrived."""
    return Person.of_member(
        staff.organization_id,
        staff.id,
        staff.levels,
        staff.grants,
        restricts_administration=practice.restricts_administration,
        emergency_access=practice.break_glass_enabled,
    )


def signer(session: Session, organization_id: UUID, staff_id: UUID) -> Signer:
    """Under which name and credentials a member of staff signs now, as far as has arrived."""
    staff = session.get(StaffCopy, (organization_id, staff_id))
    if staff is None:
        return NOBODY
    return Signer(staff.display_name, staff.credentials)


def ensure_stays_active(session: Session, staff: StaffCopy, field: str) -> None:
    """Raises `Invalid` for somebody deactivated. They stay active until the transaction ends.

    So who leaves meanwhile hands over what is written by then. It locks, so it comes after all that may wait.
    """
    hold(session, staff)
    if not staff.active:
        raise Invalid.field(field, "not_active", "This member of staff is deactivated.")


def can_document(staff: StaffCopy) -> bool:
    """Whether a member of staff is here, has joined as far as is known, and has a level that writes and signs notes."""
    return staff.active and staff.joined is not False and not SIGNING_LEVELS.isdisjoint(staff.levels)


def can_document_soon(session: Session, staff: StaffCopy) -> bool:
    """Whether they can document, or can in a moment: somebody may have joined, or been given the level, just now."""

    def look() -> bool:
        session.refresh(staff)
        return can_document(staff)

    return can_document(staff) or wait_until_true(session, look)


def not_assigned(session: Session, actor: Caller, staff_id: UUID, client_ids: Sequence[UUID]) -> list[UUID]:
    """Those of the clients whom a member of staff is not assigned to.

    Waits a moment for the assignment of a client who was added a moment ago, so it comes before the locks.
    """
    assigned = select(AssignmentCopy.client_id).where(
        AssignmentCopy.organization_id == actor.organization_id,
        AssignmentCopy.staff_id == staff_id,
        AssignmentCopy.client_id.in_(client_ids),
        AssignmentCopy.active,
    )

    def missing() -> list[UUID]:
        found = set(session.scalars(assigned))
        return [client_id for client_id in client_ids if client_id not in found]

    if any(is_young(client_id) for client_id in client_ids):
        wait_until_true(session, lambda: not missing(), WARNING_SECONDS)
    return missing()


def known_service_type(session: Session, actor: Caller, service_type_id: UUID, field: str) -> ServiceTypeCopy:
    """A service, active or not."""
    return _known(session, ServiceTypeCopy, actor, service_type_id, field)


def known_location(session: Session, actor: Caller, location_id: UUID, field: str) -> LocationCopy:
    """A location, active or not."""
    return _known(session, LocationCopy, actor, location_id, field)


def is_assigned(session: Session, actor: Person, client_id: UUID) -> bool:
    """Whether the actor is assigned to the client, as far as has arrived."""
    key = (actor.organization_id, client_id, actor.staff_id)
    found = session.get(AssignmentCopy, key, populate_existing=True)
    return found is not None and found.active


def is_billed(session: Session, organization_id: UUID, appointment_id: UUID, client_id: UUID) -> bool:
    """Whether an issued invoice bills the appointment to the client, as far as has arrived."""
    found = exists().where(
        InvoiceCopy.organization_id == organization_id,
        InvoiceCopy.appointment_id == appointment_id,
        InvoiceCopy.client_id == client_id,
        InvoiceCopy.in_force,
    )
    return bool(session.scalar(select(found)))


def assigned_to(actor: Person, client_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """The condition that the actor is assigned to the client in that column."""
    return exists().where(
        AssignmentCopy.organization_id == actor.organization_id,
        AssignmentCopy.staff_id == actor.staff_id,
        AssignmentCopy.client_id == client_id,
        AssignmentCopy.active,
    )


def _known(session: Session, model: type[T], actor: Caller, identifier: UUID, field: str | None) -> T:
    found = arrived(
        session,
        lambda: session.get(model, (actor.organization_id, identifier)),
        identifier,
        actor.organization_id,
        missing=_unknown(field),
    )
    session.keep(found)
    return found


def _unknown(field: str | None) -> Exception:
    return Hidden.field(field, "unknown", "There is nothing under this id.") if field else NotFound()
