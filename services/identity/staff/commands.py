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
from shared import audit, clock
from shared.actor import Actor
from shared.contracts.identity import Licence as LicenceFact
from shared.contracts.identity import StaffChanged
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
    _publish(session, member)
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
    save_member(session, member)
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
        save_member(session, member)
    audit.describe(session, object_id=member.id)
    return profile


def change_own_profile(session: Session, actor: Actor, changes: dict[str, Any]) -> Staff:
    """What everybody may change about themselves; raises `NotFound`."""
    assert actor.staff_id is not None
    member = one_member(session, actor, actor.staff_id, for_update=True)
    if changes:
        _merge(member, changes)
        save_member(session, member)
        audit.describe(session, object_id=member.id, fields=sorted(changes))
    show_today(session, [member], practice_today(session, actor.organization_id))
    return member


def change_own_email(session: Session, member: Staff, email: str) -> None:
    """The address that a member has shown to be theirs. Raises `EmailTaken`."""
    _merge(member, {"email": email})
    member.email_confirmed_at = clock.now()
    save_member(session, member)


def save_member(session: Session, member: Staff) -> None:
    """Make the changed row a new version, with what it prints as of today, and tell the other services.

    Raises `EmailTaken`.
    """
    member.version += 1
    try:
        with session.begin_nested():
            catch_up(session, member, practice_today(session, member.organization_id))
            session.flush()
    except IntegrityError as error:
        raise _refusal(error) from error
    _publish(session, member)


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


def _publish(session: Session, member: Staff) -> None:
    """Tell the other services the present state of a member."""
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
