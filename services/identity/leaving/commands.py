"""Deactivating a member of staff, handing their work over, taking them back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from services.identity.leaving import rules
from services.identity.organization.queries import own_organization
from services.identity.staff.commands import MemberChanges, change_member, save_member
from services.identity.staff.models import Staff
from services.identity.staff.queries import ensure_may_supervise, member_to_change, one_member
from services.identity.staff.rules import (
    CannotSupervise,
    SupervisionInACircle,
    SupervisorIsSupervised,
    ensure_not_for_oneself,
)
from shared import audit, permissions
from shared.actor import Person
from shared.contracts.identity import WorkHandedOver
from shared.database.session import Session
from shared.errors import Invalid, NotFound
from shared.messaging import outbox


@dataclass(frozen=True, slots=True)
class Departure:
    """Why somebody leaves, and who takes over; that may also be said later."""

    reason: str | None = None
    successor_id: UUID | None = None


def deactivate(session: Session, actor: Person, staff_id: UUID, departure: Departure) -> Staff:
    """A member leaves: signed out everywhere at once, open invitations void, nothing deleted; work goes to a successor.

    Raises `AlreadySo`, and what `hand_over` raises.
    """
    if not one_member(session, actor, staff_id).active:
        raise rules.AlreadySo("This member has been deactivated already.")
    member = change_member(session, actor, staff_id, MemberChanges(active=False), reason=departure.reason)
    return hand_over(session, actor, staff_id, departure.successor_id) if departure.successor_id else member


def hand_over(session: Session, actor: Person, staff_id: UUID, successor_id: UUID) -> Staff:
    """Let somebody take over from a member who left: clients, open cases, coming appointments.

    Clients and clinical do so on the event; what they cannot move is listed as open work, and may be handed over
    again. The successor also supervises in their place, where that makes no circle and they sign notes.
    Raises `NotFound`, `StillActive`, `OwnCasesOnly`, the refusals of `ensure_may_change` and `rules.ensure_successor`,
    and `SuccessorIsSupervised` where active colleagues would get a supervisor who is supervised themselves.
    """
    own_organization(session, actor, for_update=True)
    member = member_to_change(session, actor, staff_id, for_update=True)
    if member.active:
        raise rules.StillActive()
    try:
        successor = one_member(session, actor, successor_id)
    except NotFound as error:
        raise Invalid.field("successor_id", "unknown", "There is no such member of staff.") from error
    ensure_not_for_oneself(actor.restrictions, actor.staff_id, successor.id, successor.brought_in_by)
    rules.ensure_successor(
        permissions.effective(member.levels, member.grants),
        permissions.effective(successor.levels, successor.grants),
        active=successor.active,
        same=successor.id == member.id,
    )
    save_member(session, member)
    outbox.add(
        session,
        WorkHandedOver(
            organization_id=member.organization_id,
            staff_id=member.id,
            version=member.version,
            successor_id=successor.id,
            handed_over_by=actor.staff_id,
        ),
    )
    supervised = _hand_over_supervision(session, actor, member.id, successor.id)
    audit.describe(session, object_id=member.id, successor_id=str(successor.id), supervised=supervised)
    return member


def reactivate(session: Session, actor: Person, staff_id: UUID, reason: str | None) -> Staff:
    """Somebody comes back with the levels and grants they had; earlier sessions stay ended.

    Raises `AlreadySo`, and the refusals of `change_member`: their supervisor may have left meanwhile.
    """
    if one_member(session, actor, staff_id).active:
        raise rules.AlreadySo("This member is active already.")
    return change_member(session, actor, staff_id, MemberChanges(active=True), reason=reason)


def _hand_over_supervision(session: Session, actor: Person, staff_id: UUID, successor_id: UUID) -> list[str]:
    """Let the successor supervise instead; returns whom. Nobody chooses their own supervisor this way."""
    statement = (
        select(Staff)
        .where(
            Staff.organization_id == actor.organization_id,
            Staff.supervisor_id == staff_id,
            Staff.id.not_in([successor_id, actor.staff_id]),
        )
        .order_by(Staff.id)
        .with_for_update()
    )
    moved = []
    for row in session.scalars(statement).all():
        try:
            ensure_may_supervise(session, actor, successor_id, row)
        except (SupervisionInACircle, CannotSupervise):
            continue
        except SupervisorIsSupervised as refusal:
            if row.active:
                raise rules.SuccessorIsSupervised() from refusal
            continue  # nobody waits for a decision, and coming back is refused until another supervisor is chosen
        row.supervisor_id = successor_id
        save_member(session, row)
        moved.append(str(row.id))
    return moved
