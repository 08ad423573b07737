"""Entering, changing and removing the licences of a member of staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.identity.staff.commands import MemberChanges, change_member, save_member
from services.identity.staff.models import Licence, Staff
from services.identity.staff.queries import member_to_change, one_member
from services.identity.staff.rules import LicenceDetails, ensure_qualified_by_others
from shared.actor import Person
from shared.changes import UNSET, Changes, Unset, differing
from shared.database.session import Session
from shared.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class LicenceChanges(Changes):
    """Other dates of a licence."""

    issued_on: date | Unset | None = UNSET
    expires_on: date | Unset = UNSET


def add_licence(session: Session, actor: Person, staff_id: UUID, details: LicenceDetails) -> tuple[Licence, bool]:
    """One licence more, and whether it is new: the same state and number is the same licence, renewed.

    Raises `NotFound`.
    """
    before = {licence.id for licence in one_member(session, actor, staff_id).licences}
    member = change_member(session, actor, staff_id, MemberChanges(licence=details))
    added = next(
        licence for licence in member.licences if (licence.state, licence.number) == (details.state, details.number)
    )
    return added, added.id not in before


def change_licence(
    session: Session, actor: Person, staff_id: UUID, licence_id: UUID, changes: LicenceChanges
) -> Licence:
    """Other dates for a licence. Raises `NotFound`, `Invalid` when it would expire before it was issued."""
    member, licence = _licence_of(session, actor, staff_id, licence_id)
    different = differing(licence, changes.given())
    if not different:
        return licence
    for field, value in different.items():
        setattr(licence, field, value)
    if licence.issued_on and licence.issued_on > licence.expires_on:
        raise Invalid.field("expires_on", "before_issued", "It expires before it was issued.")
    save_member(session, member)
    return licence


def remove_licence(session: Session, actor: Person, staff_id: UUID, licence_id: UUID) -> None:
    """Take a licence away that was entered by mistake; what was signed under it stays signed. Raises `NotFound`."""
    member, licence = _licence_of(session, actor, staff_id, licence_id)
    member.licences.remove(licence)
    save_member(session, member)


def _licence_of(session: Session, actor: Person, staff_id: UUID, licence_id: UUID) -> tuple[Staff, Licence]:
    ensure_qualified_by_others(actor.levels, {"licence"}, is_self=staff_id == actor.staff_id)
    member = member_to_change(session, actor, staff_id, for_update=True)
    found = next((licence for licence in member.licences if licence.id == licence_id), None)
    if found is None:
        raise NotFound()
    return member, found
