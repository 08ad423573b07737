"""Adding staff and changing them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.identity.access.commands import note_change
from services.identity.access.rules import Access
from services.identity.billing_profiles.commands import catch_up, record_first, record_from, record_today
from services.identity.billing_profiles.models import BillingProfile
from services.identity.billing_profiles.queries import show_today
from services.identity.organization.queries import own_organization, practice_today
from services.identity.staff import rules
from services.identity.staff.models import Licence, Staff, licence_values
from services.identity.staff.queries import access_of, ensure_may_change, member_to_change, one_member
from shared import audit, clock, permissions
from shared.actor import Actor
from shared.contracts.identity import Licence as LicenceFact
from shared.contracts.identity import StaffChanged, WorkHandedOver
from shared.database.session import Session, violated_constraint
from shared.errors import FieldError, Invalid, NotFound, Stale
from shared.ids import new_id, new_id_of
from shared.messaging import outbox

ACCESS_FIELDS = frozenset({"levels", "grants", "active"})


def add_member(
    session: Session, organization_id: UUID, values: dict[str, Any], *, added_by: UUID | None = None
) -> Staff:
    """A new member of staff, who can not sign in before a password is set; what they print under holds since ever.

    Raises `EmailTaken`.
    """
    given = dict(values)
    licence = given.pop("licence", None)
    member = Staff(
        organization_id=organization_id,
        id=new_id_of(organization_id),
        email_key=rules.email_key(given["email"]),
        levels=rules.normalised_levels(given.pop("levels")),
        grants=sorted(set(given.pop("grants", ()))),
        created_at=clock.now(),
        **given,
    )
    if licence:
        member.licences.append(_licence(member, licence))
    try:
        with session.begin_nested():
            session.add(member)
            session.flush()
    except IntegrityError as error:
        raise _refusal(error) from error
    note_change(session, organization_id, member.id, Access(active=False), access_of(member), added_by)
    record_first(session, member, added_by)
    tell_staff(session, member)
    return member


def create_member(session: Session, actor: Actor, values: dict[str, Any]) -> Staff:
    """As `add_member`, by an actor: who may give no more than they hold."""
    after = Access.of(values["levels"], values.get("grants", ()))
    ensure_may_change(session, actor, None, Access(active=False), after)
    values = _with_supervision(session, actor, values, None)
    member = add_member(session, actor.organization_id, values, added_by=actor.staff_id)
    audit.describe(session, object_id=member.id, levels=member.levels, grants=member.grants)
    return member


def change_member(
    session: Session,
    actor: Actor,
    staff_id: UUID,
    changes: dict[str, Any],
    if_match: int | None = None,
    reason: str | None = None,
) -> Staff:
    """Merge the given fields of profile, licence, levels, grants, activity; nothing given changes nothing.
    What is printed is another from today on.

    Raises `NotFound`, `Stale`, `EmailTaken`, `EmailIsTheirs`, `OwnQualification`, `OwnCasesOnly`, and the refusals of
    `rules.ensure_may_manage`; `LastOrganizationAdministration` is decided under a lock on the organization, so that two
    demotions at once can not leave nobody.
    """
    if changes.keys() & ACCESS_FIELDS:
        own_organization(session, actor, for_update=True)
    member = one_member(session, actor, staff_id, for_update=True)
    if if_match is not None and if_match != member.version:
        raise Stale()
    before = access_of(member)
    after = Access.of(
        changes.get("levels", member.levels),
        changes.get("grants", member.grants),
        changes.get("active", member.active),
    )
    ensure_may_change(session, actor, member, before, after)
    if not changes:
        show_today(session, [member], practice_today(session, actor.organization_id))
        return member
    rules.ensure_qualified_by_others(actor.levels, changes.keys(), is_self=member.id == actor.staff_id)
    if member.joined and rules.email_key(changes.get("email", member.email)) != member.email_key:
        raise rules.EmailIsTheirs()
    changes = _with_supervision(session, actor, changes, member)
    record_today(session, actor, member, changes, practice_today(session, actor.organization_id))
    _merge(member, {**changes, "levels": list(after.levels)})
    note_change(session, member.organization_id, member.id, before, after, actor.staff_id, reason)
    _save(session, member)
    audit.describe(session, fields=sorted(changes), levels_before=list(before.levels), levels_after=list(after.levels))
    return member


def print_from(
    session: Session, actor: Actor, staff_id: UUID, effective_from: date, changes: dict[str, Any]
) -> BillingProfile:
    """Say under what a member prints and bills from a day on; the row follows where that is so today.

    Raises `NotFound`, `NothingPrinted`, and the refusals of `ensure_may_change`.
    """
    member = member_to_change(session, actor, staff_id, for_update=True)
    profile = record_from(session, actor, member, effective_from, changes)
    if catch_up(session, member, practice_today(session, actor.organization_id)):
        _save(session, member)
    audit.describe(session, object_id=member.id)
    return profile


def change_own_profile(session: Session, actor: Actor, changes: dict[str, Any]) -> Staff:
    """What everybody may change about themselves; raises `NotFound`."""
    assert actor.staff_id is not None
    member = one_member(session, actor, actor.staff_id, for_update=True)
    if changes:
        _merge(member, changes)
        _save(session, member)
        audit.describe(session, object_id=member.id, fields=sorted(changes))
    show_today(session, [member], practice_today(session, actor.organization_id))
    return member


def change_own_email(session: Session, member: Staff, email: str) -> None:
    """The address that a member has shown to be theirs. Raises `EmailTaken`."""
    _merge(member, {"email": email})
    member.email_confirmed_at = clock.now()
    _save(session, member)


def deactivate(
    session: Session, actor: Actor, staff_id: UUID, reason: str | None, successor_id: UUID | None = None
) -> Staff:
    """Somebody leaves: signed out everywhere at once, open invitations void, nothing deleted; work goes to a successor.

    Raises `AlreadySo`, and what `hand_over` raises.
    """
    if not one_member(session, actor, staff_id).active:
        raise rules.AlreadySo("This member has been deactivated already.")
    member = change_member(session, actor, staff_id, {"active": False}, reason=reason)
    return hand_over(session, actor, staff_id, successor_id) if successor_id else member


def hand_over(session: Session, actor: Actor, staff_id: UUID, successor_id: UUID) -> Staff:
    """Let somebody take over from a member who left: clients, open cases, coming appointments.

    Clients and clinical do so on the event; what they can not move is listed as open work, and may be handed over
    again. Raises `NotFound`, `StillActive`, `OwnCasesOnly`, the refusals of `ensure_may_change` and
    `rules.ensure_successor`.
    """
    member = member_to_change(session, actor, staff_id, for_update=True)
    if member.active:
        raise rules.StillActive()
    rules.ensure_not_for_oneself(actor.grants, gains=successor_id == actor.staff_id)
    try:
        successor = one_member(session, actor, successor_id)
    except NotFound as error:
        raise Invalid.field("successor_id", "unknown", "There is no such member of staff.") from error
    rules.ensure_successor(
        permissions.effective(member.levels, member.grants),
        permissions.effective(successor.levels, successor.grants),
        active=successor.active,
        same=successor.id == member.id,
    )
    assert actor.staff_id is not None
    _save(session, member)
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
    audit.describe(session, object_id=member.id, successor_id=str(successor.id))
    return member


def reactivate(session: Session, actor: Actor, staff_id: UUID, reason: str | None) -> Staff:
    """Somebody comes back with the levels and grants they had; sessions of before stay dead. Raises `AlreadySo`."""
    if one_member(session, actor, staff_id).active:
        raise rules.AlreadySo("This member is active already.")
    return change_member(session, actor, staff_id, {"active": True}, reason=reason)


def add_licence(session: Session, actor: Actor, staff_id: UUID, values: dict[str, Any]) -> Licence:
    """One licence more; the same state and number is the same licence, renewed. Raises `NotFound`."""
    member = change_member(session, actor, staff_id, {"licence": values})
    return next(one for one in member.licences if (one.state, one.number) == (values["state"], values["number"]))


def change_licence(
    session: Session, actor: Actor, staff_id: UUID, licence_id: UUID, changes: dict[str, Any]
) -> Licence:
    """Other dates for a licence. Raises `NotFound`, `Invalid` when it would expire before it was issued."""
    member, licence = _licence_of(session, actor, staff_id, licence_id)
    for field, value in changes.items():
        setattr(licence, field, value)
    if licence.issued_on and licence.issued_on > licence.expires_on:
        raise Invalid.field("expires_on", "before_issued", "It expires before it was issued.")
    _save(session, member)
    return licence


def remove_licence(session: Session, actor: Actor, staff_id: UUID, licence_id: UUID) -> None:
    """Take a licence away that was entered by mistake; what was signed under it stays signed. Raises `NotFound`."""
    member, licence = _licence_of(session, actor, staff_id, licence_id)
    member.licences.remove(licence)
    _save(session, member)


def _licence_of(session: Session, actor: Actor, staff_id: UUID, licence_id: UUID) -> tuple[Staff, Licence]:
    rules.ensure_qualified_by_others(actor.levels, {"licence"}, is_self=staff_id == actor.staff_id)
    member = member_to_change(session, actor, staff_id, for_update=True)
    found = next((licence for licence in member.licences if licence.id == licence_id), None)
    if found is None:
        raise NotFound()
    return member, found


def _save(session: Session, member: Staff) -> None:
    member.version += 1
    try:
        with session.begin_nested():
            catch_up(session, member, practice_today(session, member.organization_id))
            session.flush()
    except IntegrityError as error:
        raise _refusal(error) from error
    tell_staff(session, member)


def _with_supervision(session: Session, actor: Actor, values: dict[str, Any], member: Staff | None) -> dict[str, Any]:
    """The same values with supervisor and mode fitting each other: no mode without a supervisor, a default with one."""
    if not values.keys() & {"supervisor_id", "supervision_mode"}:
        return values
    supervisor_id = values.get("supervisor_id", member.supervisor_id if member else None)
    if supervisor_id is None:
        return {**values, "supervisor_id": None, "supervision_mode": None}
    if "supervisor_id" in values:
        rules.ensure_not_for_oneself(actor.grants, gains=supervisor_id == actor.staff_id)
        _check_supervisor(session, actor, supervisor_id, member)
    given = values.get("supervision_mode") or (member.supervision_mode if member else None)
    return {**values, "supervision_mode": given or rules.SUPERVISION_MODES[0]}


def _check_supervisor(session: Session, actor: Actor, supervisor_id: UUID, member: Staff | None) -> None:
    if member is not None and supervisor_id == member.id:
        raise Invalid.field("supervisor_id", "own_supervisor", "Nobody supervises themselves.")
    try:
        above = one_member(session, actor, supervisor_id)
    except NotFound as error:
        raise Invalid.field("supervisor_id", "unknown", "There is no such member of staff.") from error
    if not above.active:
        raise Invalid.field("supervisor_id", "deactivated", "This member of staff has been deactivated.")
    for _ in range(rules.SUPERVISORS_MAX):
        if above.supervisor_id is None:
            return
        if member is not None and above.supervisor_id == member.id:
            break
        above = one_member(session, actor, above.supervisor_id)
    refusal = rules.SupervisionInACircle
    raise refusal(errors=[FieldError("supervisor_id", refusal.code, refusal.detail)])


def _merge(member: Staff, changes: dict[str, Any]) -> None:
    for field, value in changes.items():
        if field == "licence":
            _merge_licence(member, value)
        elif field == "grants":
            member.grants = sorted(set(value))
        elif field == "active":
            member.active = value
            if not value:
                member.signed_out_at = clock.now()
        elif field == "email":
            member.email, member.email_key = value, rules.email_key(value)
        else:
            setattr(member, field, value)


def _merge_licence(member: Staff, values: dict[str, Any] | None) -> None:
    """The same state and number is the same licence, renewed; another is one more."""
    if values is None:
        member.licences.clear()
        return
    for licence in member.licences:
        if (licence.state, licence.number) == (values["state"], values["number"]):
            licence.issued_on, licence.expires_on = values["issued_on"], values["expires_on"]
            return
    member.licences.append(_licence(member, values))


def _licence(member: Staff, values: dict[str, Any]) -> Licence:
    return Licence(organization_id=member.organization_id, id=new_id(), staff_id=member.id, **values)


def tell_staff(session: Session, member: Staff) -> None:
    """Tell the others the present state of a member."""
    outbox.add(
        session,
        StaffChanged(
            organization_id=member.organization_id,
            staff_id=member.id,
            version=member.version,
            display_name=member.display_name,
            active=member.active,
            levels=tuple(member.levels),
            grants=tuple(member.grants),
            supervisor_id=member.supervisor_id,
            supervision_mode=member.supervision_mode,
            npi=member.npi,
            taxonomy=member.taxonomy,
            licences=tuple(LicenceFact(**licence_values(licence)) for licence in member.licences),
        ),
    )


def _refusal(error: IntegrityError) -> Exception:
    if violated_constraint(error) == "uq_staff_email_key":
        return rules.EmailTaken()
    return error
