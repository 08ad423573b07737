"""Filing in cases of their own client what was written while two clients were one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, update

from services.clinical.agenda.models import Attendee
from services.clinical.cases.membership import change_member, created_or_locked
from services.clinical.cases.models import Case, CaseMember, CaseMemberChange
from services.clinical.copies.models import AssignmentCopy, ClientCopy
from services.clinical.notes.models import Note
from services.clinical.sealing.commands import tell_anew
from shared import clock
from shared.actor import ServiceActor
from shared.client_families import family
from shared.database.session import Session
from shared.ids import new_id
from shared.work_items.commands import Matter, raise_item
from shared.work_items.kinds import Kind

CONTINUED_NAME: Final = "Continued after a separation"  # what the other one is called may tell of its client
CONTINUED: Final = Kind(
    "case_continued",
    "a client who was separated from another one, and of whom records lay in a case of that one: they lie in a new "
    "case now, while plans and diagnoses stayed where they were",
    "client",
    level="administration",
)


def refile(session: Session, actor: ServiceActor, ended: UUID, stayed: UUID) -> None:
    """Move what is about one of two clients out of the other's cases, each into a case that continues that one.

    For two who were merged and are separate again. Who sees a case sees all that lies in it, so nothing of somebody
    else may lie there. A work item has somebody look at plans and diagnoses, which belong to their case and stay.
    """
    others = family(session, ClientCopy, actor.organization_id, stayed)
    for owner, theirs, strange in ((ended, (ended,), others), (stayed, others, (ended,))):
        for case in _holding(session, actor.organization_id, theirs, strange):
            continued = _continue(session, actor, case, owner)
            for records in (Attendee, Note):
                lies_there = _about(records, actor.organization_id, theirs), records.case_id == case.id
                newer = {"version": Note.version + 1} if records is Note else {}
                session.execute(update(records).where(*lies_there).values(case_id=continued.id, **newer))
            _tell_billing(session, continued)
            raise_item(session, CONTINUED, Matter(actor.organization_id, owner, client_id=owner))


def _tell_billing(session: Session, case: Case) -> None:
    """What is billed of the sessions in a case goes by its own diagnoses and plans, not by those of the case before."""
    signed = select(Note).where(
        Note.organization_id == case.organization_id, Note.case_id == case.id, Note.versions.any()
    )
    for note in session.scalars(signed.order_by(Note.id).execution_options(populate_existing=True)).all():
        tell_anew(session, note)


def _holding(
    session: Session, organization_id: UUID, client_ids: Sequence[UUID], strangers: Sequence[UUID]
) -> list[Case]:
    """The cases of `strangers` in which there is something about one of the clients, locked, in the order of their ids.

    Read by the indexes of a client's cases, of a case's notes and of a client's appointments.
    """
    of_strangers = and_(Case.organization_id == organization_id, Case.client_id.in_(strangers))
    booked = select(Attendee.case_id).where(_about(Attendee, organization_id, client_ids))
    written = select(Note.case_id).join(
        Case, and_(Case.organization_id == Note.organization_id, Case.id == Note.case_id)
    )
    written = written.where(of_strangers, _about(Note, organization_id, client_ids))
    holding = or_(Case.id.in_(booked), Case.id.in_(written))
    return list(session.scalars(select(Case).where(of_strangers, holding).order_by(Case.id).with_for_update()))


def _continue(session: Session, actor: ServiceActor, case: Case, client_id: UUID) -> Case:
    """A case of a client that goes on as this one of another. On it are its members who are assigned to that client.

    Also those who lost the other client a moment ago, when the two were separated. Each is on it from when that was
    decided of the first case, so that an unassignment that is on its way takes them off it.
    """
    continued = Case(
        organization_id=case.organization_id,
        id=new_id(),
        client_id=client_id,
        name=CONTINUED_NAME,
        status=case.status,
        opened_by=case.opened_by,
        created_at=clock.now(),
    )
    session.add(continued)
    session.flush()
    assigned = select(AssignmentCopy.staff_id).where(
        AssignmentCopy.organization_id == case.organization_id,
        AssignmentCopy.client_id == client_id,
        AssignmentCopy.active,
    )
    lost_the_client = exists().where(
        CaseMemberChange.organization_id == CaseMember.organization_id,
        CaseMemberChange.case_id == CaseMember.case_id,
        CaseMemberChange.staff_id == CaseMember.staff_id,
        CaseMemberChange.version == CaseMember.version,
        CaseMemberChange.by_staff_id.is_(None),
    )
    members = select(CaseMember).where(
        CaseMember.organization_id == case.organization_id,
        CaseMember.case_id == case.id,
        or_(CaseMember.active, lost_the_client),
        CaseMember.staff_id.in_(assigned),
    )
    for member in session.scalars(members.order_by(CaseMember.staff_id)).all():
        joining = created_or_locked(session, continued, member.staff_id)
        change_member(session, actor, continued, joining, active=True, at=member.since)
    continued.version = 1
    return continued


def _about(
    records: type[Attendee] | type[Note], organization_id: UUID, client_ids: Sequence[UUID]
) -> ColumnElement[bool]:
    return and_(records.organization_id == organization_id, records.client_id.in_(client_ids))
