"""Adding staff and changing them."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.identity.access.commands import note_change
from services.identity.access.rules import Access
from services.identity.billing_profiles.commands import (
    ProfileChanges,
    catch_up,
    record_first,
    record_from,
    record_today,
)
from services.identity.billing_profiles.models import BillingProfile
from services.identity.billing_profiles.queries import show_today
from services.identity.organization.queries import own_organization, practice_today
from services.identity.staff import hues, rules
from services.identity.staff.models import Staff, licence_values
from services.identity.staff.queries import (
    access_of,
    ensure_may_change,
    ensure_may_supervise,
    ensure_no_chain,
    member_to_change,
    one_member,
)
from services.identity.staff.rules import LicenceDetails
from shared import audit, clock
from shared.actor import Person
from shared.changes import UNSET, Changes, Unset
from shared.contracts.identity import Licence as LicenceFact
from shared.contracts.identity import StaffChanged
from shared.database.failures import violated_constraint
from shared.database.session import Session
from shared.ids import new_id_of
from shared.messaging import outbox

DECIDED_IN_TURN = rules.QUALIFICATION_FIELDS | {"levels", "grants", "active", "colour"}  # the organization is locked


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDetails:
    """Somebody new on the staff. `working_hours` are rows of weekday, opens and closes."""

    given_name: str
    family_name: str
    email: str
    levels: list[str]
    grants: list[str] = field(default_factory=list)
    phone: str | None = None
    pronouns: str | None = None
    colour: str | None = None
    working_hours: list[dict[str, Any]] = field(default_factory=list)
    job_title: str | None = None
    credentials: list[str] = field(default_factory=list)
    npi: str | None = None
    taxonomy: str | None = None
    licence: LicenceDetails | None = None
    supervisor_id: UUID | None = None
    supervision_mode: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProfileChanges(Changes):
    """What everybody may change about themselves."""

    phone: str | Unset | None = UNSET
    pronouns: str | Unset | None = UNSET
    colour: str | Unset | None = UNSET
    working_hours: list[dict[str, Any]] | Unset = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChanges(OwnProfileChanges):
    """What managers of the staff may change about a member. `licence` None takes all licences away."""

    given_name: str | Unset = UNSET
    family_name: str | Unset = UNSET
    email: str | Unset = UNSET
    levels: list[str] | Unset = UNSET
    grants: list[str] | Unset = UNSET
    active: bool | Unset = UNSET
    job_title: str | Unset | None = UNSET
    credentials: list[str] | Unset = UNSET
    npi: str | Unset | None = UNSET
    taxonomy: str | Unset | None = UNSET
    licence: LicenceDetails | Unset | None = UNSET
    supervisor_id: UUID | Unset | None = UNSET
    supervision_mode: str | Unset | None = UNSET


def add_member(
    session: Session, organization_id: UUID, details: MemberDetails, *, added_by: UUID | None = None
) -> Staff:
    """A new member of staff, who cannot sign in before a password is set. Their billing profile has no beginning.

    Raises `EmailTaken`.
    """
    columns = asdict(details)
    del columns["licence"]
    columns["levels"] = rules.normalised_levels(details.levels)
    columns["grants"] = sorted(set(details.grants))
    member = Staff(
        organization_id=organization_id,
        id=new_id_of(organization_id),
        email_key=rules.email_key(details.email),
        created_at=clock.now(),
        brought_in_by=[added_by] if added_by else [],
        hue=hues.hue_of_newcomer(session, organization_id, details.colour),
        **columns,
    )
    if details.licence:
        member.enter_licence(details.licence)
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


def create_member(session: Session, actor: Person, details: MemberDetails) -> Staff:
    """Add a member as an actor who may give no more than they hold.

    Raises `EmailTaken`, and the refusals of `ensure_may_change` and `ensure_may_supervise`.
    """
    after = Access.of(details.levels, details.grants)
    ensure_may_change(session, actor, None, Access(active=False), after)
    mode = None
    if details.supervisor_id is not None:
        own_organization(session, actor, for_update=True)
        ensure_may_supervise(session, actor, details.supervisor_id, None)
        mode = details.supervision_mode or rules.SUPERVISION_MODES[0]
    details = replace(details, supervision_mode=mode)
    member = add_member(session, actor.organization_id, details, added_by=actor.staff_id)
    audit.describe(session, object_id=member.id, levels=member.levels, grants=member.grants)
    return member


def change_member(
    session: Session, actor: Person, staff_id: UUID, changes: MemberChanges, reason: str | None = None
) -> Staff:
    """Merge the given fields; nothing given changes nothing. What prints and bills changes from today on.

    Raises `NotFound`, `EmailTaken`, `EmailIsTheirs`, `OwnQualification`, `OwnCasesOnly`, and the refusals of
    `ensure_may_change`, `ensure_may_supervise` and `ensure_no_chain`. Two demotions at once cannot leave nobody.
    """
    given = changes.given()
    if given.keys() & DECIDED_IN_TURN:
        own_organization(session, actor, for_update=True)
    member = one_member(session, actor, staff_id, for_update=True)
    before = access_of(member)
    after = _access_after(member, changes)
    ensure_may_change(session, actor, member, before, after)
    if not given:
        show_today(session, [member], practice_today(session, actor.organization_id))
        return member
    rules.ensure_qualified_by_others(actor.levels, given.keys(), is_self=member.id == actor.staff_id)
    email = member.email if changes.email is UNSET else changes.email
    if email != member.email:
        theirs = member.joined and rules.email_key(email) != member.email_key
        rules.ensure_may_give_address(actor.restrictions, actor.staff_id, member.brought_in_by, theirs=theirs)
        member.brought_in_by = sorted({*member.brought_in_by, actor.staff_id})
    changes = _with_supervision(session, actor, member, changes)
    given = changes.given()
    record_today(session, actor, member, given, practice_today(session, actor.organization_id))
    _merge(session, member, replace(changes, levels=list(after.levels)))
    note_change(session, member.organization_id, member.id, before, after, actor.staff_id, reason)
    save_member(session, member)
    audit.describe(session, fields=sorted(given), levels_before=list(before.levels), levels_after=list(after.levels))
    return member


def print_from(session: Session, actor: Person, staff_id: UUID, changes: ProfileChanges) -> BillingProfile:
    """Say under what a member prints and bills from a day on; the row follows where that is in force today.

    Raises `NotFound`, `NothingPrinted`, and the refusals of `ensure_may_change`.
    """
    member = member_to_change(session, actor, staff_id, for_update=True)
    profile = record_from(session, actor, member, changes)
    if catch_up(session, member, practice_today(session, actor.organization_id)):
        save_member(session, member)
    audit.describe(session, object_id=member.id)
    return profile


def change_own_profile(session: Session, actor: Person, changes: OwnProfileChanges) -> Staff:
    """What everybody may change about themselves; raises `NotFound`."""
    if "colour" in (given := changes.given()):
        hues.keep_in_order(session, actor.organization_id)
    member = one_member(session, actor, actor.staff_id, for_update=True)
    if given:
        _merge(session, member, changes)
        save_member(session, member)
        audit.describe(session, object_id=member.id, fields=sorted(given))
    show_today(session, [member], practice_today(session, actor.organization_id))
    return member


def change_own_email(session: Session, member: Staff, email: str) -> None:
    """The address that a member has shown to be theirs. Raises `EmailTaken`."""
    _merge(session, member, MemberChanges(email=email))
    member.email_confirmed_at = clock.now()
    save_member(session, member)


def save_member(session: Session, member: Staff) -> None:
    """Make the changed row a new version, with what it prints as of today, and tell the others. Raises `EmailTaken`."""
    member.version += 1
    try:
        with session.begin_nested():
            catch_up(session, member, practice_today(session, member.organization_id))
            session.flush()
    except IntegrityError as error:
        raise _refusal(error) from error
    _publish(session, member)


def _access_after(member: Staff, changes: MemberChanges) -> Access:
    return Access.of(
        member.levels if changes.levels is UNSET else changes.levels,
        member.grants if changes.grants is UNSET else changes.grants,
        member.active if changes.active is UNSET else changes.active,
    )


def _with_supervision(session: Session, actor: Person, member: Staff, changes: MemberChanges) -> MemberChanges:
    """The changes with supervisor and mode fitting each other: no mode without a supervisor, a default with one."""
    if changes.supervisor_id is UNSET and changes.supervision_mode is UNSET:
        return changes
    supervisor_id = member.supervisor_id if changes.supervisor_id is UNSET else changes.supervisor_id
    if supervisor_id is None:
        return replace(changes, supervisor_id=None, supervision_mode=None)
    if changes.supervisor_id is not UNSET:
        ensure_may_supervise(session, actor, supervisor_id, member)
    mode = changes.given().get("supervision_mode") or member.supervision_mode or rules.SUPERVISION_MODES[0]
    ensure_no_chain(session, actor, supervisor_id, mode, member)
    return replace(changes, supervision_mode=mode)


def _merge(session: Session, member: Staff, changes: OwnProfileChanges) -> None:
    for name, value in changes.given().items():
        if name == "licence" and value is None:
            member.licences.clear()
        elif name == "licence":
            member.enter_licence(value)
        elif name == "grants":
            member.grants = sorted(set(value))
        elif name == "active":
            member.active = value
            if not value:
                member.signed_out_at = clock.now()
        elif name == "email":
            member.email, member.email_key = value, rules.email_key(value)
        else:
            setattr(member, name, value)
    if changes.colour is not UNSET:
        hues.follow_colour(session, member)


def _publish(session: Session, member: Staff) -> None:
    """Tell the other services the present state of a member."""
    outbox.add(
        session,
        StaffChanged(
            organization_id=member.organization_id,
            staff_id=member.id,
            version=member.version,
            display_name=member.display_name,
            credentials=tuple(member.credentials),
            active=member.active,
            joined=member.joined,
            brought_in_by=tuple(member.brought_in_by),
            levels=tuple(member.levels),
            grants=tuple(member.grants),
            supervisor_id=member.supervisor_id,
            supervision_mode=member.supervision_mode,
            npi=member.npi,
            taxonomy=member.taxonomy,
            licences=tuple(LicenceFact(**licence_values(licence)) for licence in member.licences),
            email_hash=member.email_hash,
        ),
    )


def _refusal(error: IntegrityError) -> Exception:
    return rules.EmailTaken() if violated_constraint(error) == "uq_staff_email_key" else error
