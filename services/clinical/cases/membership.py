"""Who is on a case: the rows of its members, their history, and what clients hears of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.clinical.cases.models import Case, CaseMember, CaseMemberChange
from shared import clock
from shared.actor import Actor
from shared.contracts.clinical import StaffJoinedCase
from shared.database.session import Session
from shared.messaging import outbox


def join(session: Session, actor: Actor, case: Case, staff_id: UUID) -> None:
    """Put somebody on a case, which clients makes an assignment; on it already: nothing."""
    member = created_or_locked(session, case, staff_id)
    if member.active:
        return
    # What was decided last counts, and that is this, though the clock that dated the last change may be ahead.
    change_member(session, actor, case, member, active=True, at=max(clock.now(), member.since))
    outbox.add(
        session,
        StaffJoinedCase(
            organization_id=case.organization_id,
            case_id=case.id,
            client_id=case.client_id,
            staff_id=staff_id,
            membership_version=member.version,
        ),
    )


def created_or_locked(session: Session, case: Case, staff_id: UUID) -> CaseMember:
    """The row of a member of staff and a case, locked; one that was never there says that they are not on it."""
    session.execute(
        insert(CaseMember)
        .values(
            organization_id=case.organization_id,
            case_id=case.id,
            staff_id=staff_id,
            version=0,
            active=False,
            since=clock.now(),
        )
        .on_conflict_do_nothing()
    )
    member = member_of(session, case, staff_id)
    assert member is not None
    return member


def member_of(session: Session, case: Case, staff_id: UUID) -> CaseMember | None:
    """The row of somebody who is on a case or was, locked."""
    return session.scalars(
        select(CaseMember)
        .where(
            CaseMember.organization_id == case.organization_id,
            CaseMember.case_id == case.id,
            CaseMember.staff_id == staff_id,
        )
        .with_for_update()
    ).first()


def change_member(
    session: Session, actor: Actor, case: Case, member: CaseMember, *, active: bool, at: datetime
) -> None:
    """Put somebody on a case or take them off it, `at` that moment, with a line of history.

    The case must be locked: who is on it is part of what it shows.
    """
    member.active, member.since = active, at
    member.version += 1
    case.version += 1
    session.add(
        CaseMemberChange(
            organization_id=member.organization_id,
            case_id=member.case_id,
            staff_id=member.staff_id,
            version=member.version,
            change="joined" if active else "left",
            by_staff_id=actor.actor_id,
            at=at,
        )
    )
