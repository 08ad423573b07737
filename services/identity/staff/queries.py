"""Reading staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from services.identity.access.rules import Access, gained
from services.identity.billing_profiles.queries import show_today
from services.identity.organization.queries import practice_today
from services.identity.staff.models import Staff, StaffToken
from services.identity.staff.rules import (
    OWNER,
    SUPERVISORS_MAX,
    LastOrganizationAdministration,
    MoreThanOwn,
    SupervisionInACircle,
    beginnings_of,
    ensure_can_supervise,
    ensure_has_the_last_word,
    ensure_may_manage,
    ensure_not_for_oneself,
    ensure_opens_no_cases,
    ensure_opens_no_way_in,
    ensure_still_supervises,
    ensure_supervises_nobody,
    is_reviewed,
)
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.errors import FieldError, Forbidden, Invalid, NotFound
from shared.permissions import SIGNING_LEVELS
from shared.web.paging import Orders, paginate

AFTER_EVERY_LETTER: Final = "\U0010ffff"  # no letter has this code point
ORDERS = Orders({"name": (Staff.sort_key, Staff.id), "created_at": (Staff.id,)}, "name")


def one_member(session: Session, actor: Caller, staff_id: UUID, *, for_update: bool = False) -> Staff:
    """A member of the actor's staff; raises `NotFound`."""
    statement = select(Staff).where(Staff.organization_id == actor.organization_id, Staff.id == staff_id)
    member = session.scalars(statement.with_for_update() if for_update else statement).first()
    if member is None:
        raise NotFound()
    return member


def own_member(session: Session, actor: Person) -> Staff:
    """The row of the person who asks; raises `NotFound`."""
    return one_member(session, actor, actor.staff_id)


def member_of_today(session: Session, actor: Caller, staff_id: UUID) -> Staff:
    """A member with the billing profile in force today, also where it was recorded ahead. Raises `NotFound`."""
    member = one_member(session, actor, staff_id)
    show_today(session, [member], practice_today(session, actor.organization_id))
    return member


def member_to_change(session: Session, actor: Person, staff_id: UUID, *, for_update: bool = False) -> Staff:
    """A member whose profile the actor may change; raises `NotFound` and the refusals of `ensure_may_change`."""
    member = one_member(session, actor, staff_id, for_update=for_update)
    access = access_of(member)
    ensure_may_change(session, actor, member, access, access)
    return member


def list_members(
    session: Session,
    actor: Caller,
    limit: int,
    cursor: str | None,
    active: bool | None,
    joined: bool | None,
    query: str | None,
    ids: Sequence[UUID] | None,
    sort: str,
) -> dict[str, Any]:
    """One page of staff of today in one of `ORDERS`; names are those that they had when they were last changed.

    `query`: only members whose names or address its words begin; `ids`: only these.

    Raises `Forbidden` where somebody asks by `joined` who does not manage staff: colleagues are not told it.
    """
    statement = select(Staff).where(Staff.organization_id == actor.organization_id)
    if active is not None:
        statement = statement.where(Staff.active == active)
    if query is not None:
        statement = statement.where(_found_by(query))
    if ids is not None:
        statement = statement.where(Staff.id.in_(ids))
    if joined is not None:
        if not actor.may("staff:update"):
            raise Forbidden.without("staff:update")
        statement = statement.where(Staff.password_hash.is_not(None) if joined else Staff.password_hash.is_(None))
    keys, descending = ORDERS.of(sort)
    page = paginate(session, statement, keys, limit=limit, cursor=cursor, descending=descending)
    show_today(session, page["items"], practice_today(session, actor.organization_id))
    return page


def _found_by(query: str) -> ColumnElement[bool]:
    """Members whose names or address the words of a query begin, in one of the ways to read it."""
    ways = (and_(*(begun_by(spellings) for spellings in words)) for words in beginnings_of(query))
    return or_(false(), *ways)


def begun_by(spellings: Sequence[str]) -> ColumnElement[bool]:
    """Members of whose words one begins with one of these spellings.

    Ranges, not LIKE: row-level security keeps operators that are not leakproof, LIKE among them, off the index.
    """
    ranges = (and_(StaffToken.token >= word, StaffToken.token < word + AFTER_EVERY_LETTER) for word in spellings)
    return exists().where(
        StaffToken.organization_id == Staff.organization_id, StaffToken.staff_id == Staff.id, or_(*ranges)
    )


def other_owners(session: Session, staff: Staff) -> int:
    """How many other active members hold Organization Administration and can sign in."""
    return (
        session.scalar(
            select(func.count()).where(
                Staff.organization_id == staff.organization_id,
                Staff.id != staff.id,
                Staff.active,
                Staff.password_hash.is_not(None),
                Staff.levels.contains([OWNER]),
            )
        )
        or 0
    )


def access_of(member: Staff) -> Access:
    """What a member's levels, grants and activity are now."""
    return Access.of(member.levels, member.grants, member.active)


def ensure_may_change(session: Session, actor: Person, member: Staff | None, before: Access, after: Access) -> None:
    """Whether the actor may take `member` (None: somebody new) from one access to another.

    Raises the refusals of `rules.ensure_may_manage`, `MoreThanOwn` for a permission that the actor does not hold,
    `OwnCasesOnly` for one that they hold narrowed, `LastOrganizationAdministration`, `StillSupervises`,
    and `NobodySupervises` for who comes back to a supervisor who cannot decide meanwhile.
    """
    loses_it = OWNER in before.levels and before.active and (OWNER not in after.levels or not after.active)
    # The more telling refusal first: the only one who gets here with the last of them is that member.
    if member is not None and loses_it and OWNER in actor.levels and not other_owners(session, member):
        raise LastOrganizationAdministration()
    ensure_may_manage(
        actor.levels,
        before.levels if member is not None else (),
        after.levels,
        is_self=member is not None and member.id == actor.staff_id,
        changes_access=before != after,
    )
    more = gained(before, after) if before != after else frozenset()
    if not more <= actor.permissions:
        raise MoreThanOwn()
    ensure_opens_no_way_in(actor.restrictions, more)
    if member is not None:  # who comes back opens what they opened before
        ensure_opens_no_cases(actor.restrictions, gained(replace(before, active=True), after))
        if SIGNING_LEVELS.isdisjoint(after.levels) and not SIGNING_LEVELS.isdisjoint(before.levels):
            ensure_supervises_nobody(supervised_by(session, member), "levels")
        if after.active and not before.active and member.supervisor_id is not None:
            above = one_member(session, actor, member.supervisor_id, for_update=True)  # keeps the level until this ends
            ensure_still_supervises(above.levels, active=above.active, reviewed=above.reviewed)
            if member.reviewed:
                ensure_supervises_nobody(supervised_by(session, member), "active")


def supervised_by(session: Session, member: Staff) -> int:
    """How many active colleagues this member supervises."""
    statement = select(func.count()).where(
        Staff.organization_id == member.organization_id, Staff.supervisor_id == member.id, Staff.active
    )
    return session.scalar(statement) or 0


def ensure_may_supervise(session: Session, actor: Person, supervisor_id: UUID, member: Staff | None) -> None:
    """Whether the actor may let somebody supervise `member` (None: somebody new).

    Call with the organization locked: two who are put under each other at once must see one another.
    Raises `OwnCasesOnly`, `CannotSupervise`, `SupervisionInACircle`, `SupervisorIsSupervised`, and `Invalid` for
    somebody unknown or deactivated and for oneself.
    """
    if member is not None and supervisor_id == member.id:
        ensure_not_for_oneself(actor.restrictions, actor.staff_id, supervisor_id, ())
        raise Invalid.field("supervisor_id", "own_supervisor", "Nobody supervises themselves.")
    try:
        above = one_member(session, actor, supervisor_id, for_update=True)  # keeps the level until this is stored
    except NotFound as error:
        raise Invalid.field("supervisor_id", "unknown", "There is no such member of staff.") from error
    ensure_not_for_oneself(actor.restrictions, actor.staff_id, above.id, above.brought_in_by)
    if not above.active:
        raise Invalid.field("supervisor_id", "deactivated", "This member of staff has been deactivated.")
    ensure_can_supervise(above.levels)
    _ensure_no_circle(session, actor, above, member)
    ensure_has_the_last_word(reviewed=above.reviewed)


def ensure_no_chain(session: Session, actor: Person, supervisor_id: UUID, mode: str, member: Staff) -> None:
    """Whether a supervisor may have the last word on a member's notes, if `mode` gives it: supervision is one step.

    Call with the organization locked. Raises `SupervisorIsSupervised`, and `StillSupervises` for a member who does.
    """
    if is_reviewed(supervisor_id, mode):
        ensure_has_the_last_word(reviewed=one_member(session, actor, supervisor_id).reviewed)
        ensure_supervises_nobody(supervised_by(session, member), "supervision_mode")


def _ensure_no_circle(session: Session, actor: Person, above: Staff, member: Staff | None) -> None:
    for _ in range(SUPERVISORS_MAX):
        if above.supervisor_id is None:
            return
        if member is not None and above.supervisor_id == member.id:
            break
        above = one_member(session, actor, above.supervisor_id)
    refusal = SupervisionInACircle
    raise refusal(errors=[FieldError("supervisor_id", refusal.code, refusal.detail)])
