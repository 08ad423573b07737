"""Adding staff and changing them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.identity.organization.queries import own_organization
from services.identity.staff import rules
from services.identity.staff.models import Licence, Staff, licence_values
from services.identity.staff.queries import one_member, other_owners
from shared import audit, clock
from shared.actor import Actor
from shared.contracts.identity import Licence as LicenceFact
from shared.contracts.identity import StaffChanged
from shared.database import violated_constraint
from shared.errors import Invalid, NotFound, Stale
from shared.ids import new_id, new_id_of
from shared.messaging import outbox

ACCESS_FIELDS = frozenset({"levels", "grants", "active"})


def add_member(session: Session, organization_id: UUID, values: dict[str, Any]) -> Staff:
    """A new member of staff, who can not sign in before a password is set. Raises `EmailTaken`."""
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
    tell_staff(session, member)
    return member


def create_member(session: Session, actor: Actor, values: dict[str, Any]) -> Staff:
    """As `add_member`, by an actor: who may give no more than they hold."""
    rules.ensure_may_manage(actor.levels, (), values["levels"], is_self=False, changes_access=True)
    _check_supervisor(session, actor, values.get("supervisor_id"), None)
    member = add_member(session, actor.organization_id, values)
    audit.describe(session, object_id=member.id, levels=member.levels, grants=member.grants)
    return member


def change_member(
    session: Session, actor: Actor, staff_id: UUID, changes: dict[str, Any], if_match: int | None
) -> Staff:
    """Merge the given fields of profile, licence, levels, grants, activity.

    Raises `NotFound`, `Stale`, `EmailTaken`, and the refusals of `rules.ensure_may_manage`;
    `LastOrganizationAdministration` is decided under a lock on the organization, so that two demotions at once
    can not leave nobody.
    """
    if changes.keys() & ACCESS_FIELDS:
        own_organization(session, actor, for_update=True)
    member = one_member(session, actor, staff_id, for_update=True)
    if if_match is not None and if_match != member.version:
        raise Stale()
    before, after = list(member.levels), rules.normalised_levels(changes.get("levels", member.levels))
    _ensure_may_change(session, actor, member, changes, after)
    _check_supervisor(session, actor, changes.get("supervisor_id"), member)
    _merge(member, {**changes, "levels": after})
    member.version += 1
    try:
        with session.begin_nested():
            session.flush()
    except IntegrityError as error:
        raise _refusal(error) from error
    tell_staff(session, member)
    audit.describe(session, fields=sorted(changes), levels_before=before, levels_after=member.levels)
    return member


def _ensure_may_change(
    session: Session, actor: Actor, member: Staff, changes: dict[str, Any], after: list[str]
) -> None:
    changes_access = (
        sorted(after) != sorted(member.levels)
        or sorted(changes.get("grants", member.grants)) != sorted(member.grants)
        or changes.get("active", member.active) != member.active
    )
    loses_it = (
        rules.OWNER in member.levels and member.active and (rules.OWNER not in after or changes.get("active") is False)
    )
    # The more telling refusal first: the only one who gets here with the last of them is that member.
    if loses_it and rules.OWNER in actor.levels and not other_owners(session, member):
        raise rules.LastOrganizationAdministration()
    rules.ensure_may_manage(
        actor.levels, member.levels, after, is_self=member.id == actor.staff_id, changes_access=changes_access
    )


def _check_supervisor(session: Session, actor: Actor, supervisor_id: UUID | None, member: Staff | None) -> None:
    if supervisor_id is None:
        return
    if member is not None and supervisor_id == member.id:
        raise Invalid.field("supervisor_id", "own_supervisor", "Nobody supervises themselves.")
    try:
        one_member(session, actor, supervisor_id)
    except NotFound as error:
        raise Invalid.field("supervisor_id", "unknown", "There is no such member of staff.") from error


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
            npi=member.npi,
            taxonomy=member.taxonomy,
            licences=tuple(LicenceFact(**licence_values(licence)) for licence in member.licences),
        ),
    )


def _refusal(error: IntegrityError) -> Exception:
    if violated_constraint(error) == "uq_staff_email_key":
        return rules.EmailTaken()
    return error
