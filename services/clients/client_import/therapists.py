"""Who is meant by the therapist of a row: a member of staff, by full name or by e-mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import UUID

from sqlalchemy import Row, select

from services.clients.assignments.commands import ensure_member_assignable
from services.clients.client_import.columns import NEEDS
from services.clients.client_import.models import ClientImport, ClientImportRow
from services.clients.client_import.rules import READY_WITH_PROBLEM, TO_ADD
from services.clients.client_import.values import cell_of
from services.clients.copies.models import StaffCopy
from shared import audit
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import FieldError, Forbidden, Refusal
from shared.jobs.kinds import Work
from shared.names import spellings
from shared.texts import comparable_email, email_hash

THERAPIST: Final = "therapist"
ASSIGNED: Final = "put_client_staff"  # in the audit trail it has the name that it has by hand
STAFF_LOOKED_AT_MAX: Final = 10_000  # of one practice
_Member: TypeAlias = Row[UUID, str, bool, str | None]  # id, name, whether they are active, hash of their e-mail
_TITLE: Final = re.compile(r"(?:dr|mrs?|ms|mx|prof)\.? +", re.IGNORECASE)
UNKNOWN: Final = FieldError(
    THERAPIST, "staff_unknown", "No member of staff has this name or e-mail. The client is added without a therapist."
)
AMBIGUOUS: Final = FieldError(
    THERAPIST, "staff_ambiguous", "Several members of staff have this name. Give the e-mail of the one who is meant."
)
LEFT: Final = FieldError(THERAPIST, "staff_not_active", "This member of staff is deactivated.")


@dataclass(frozen=True, slots=True)
class Meant:
    """The member of staff whom a row means, or why nobody is assigned.

    `refusal`: of assigning `refused_id`, or of assigning anybody.
    """

    staff_id: UUID | None
    problem: FieldError | None
    refusal: Refusal | None = None
    refused_id: UUID | None = None


def therapists_of(
    session: Session, actor: Caller, imported: ClientImport, rows: Iterable[ClientImportRow]
) -> dict[int, Meant]:
    """Whom each of these rows means, by its number; none for rows without a therapist.

    Who may be assigned by the actor stays active until the transaction ends, as where somebody assigns by hand.
    """
    cells = {row.number: cell for row in rows if (cell := cell_of(imported.positions, row.cells, THERAPIST))}
    if not cells:
        return {}
    if not actor.may(NEEDS[THERAPIST]):
        refusal = Forbidden.without(NEEDS[THERAPIST])
        return dict.fromkeys(cells, Meant(None, _problem(refusal), refusal))
    staff = _Staff.of(session, actor)
    meant = {number: staff.meant_by(cell) for number, cell in cells.items()}
    refused: dict[UUID, Meant] = {}
    ids = {each.staff_id for each in meant.values() if each.staff_id}
    # In the order of their ids, and before anything else is locked: nobody waits in a circle.
    for member in session.scalars(
        select(StaffCopy)
        .where(StaffCopy.organization_id == actor.organization_id, StaffCopy.id.in_(ids))
        .order_by(StaffCopy.id)
    ).all():
        try:
            ensure_member_assignable(session, actor, member)
        except Refusal as error:
            refused[member.id] = Meant(None, _problem(error), error, member.id)
    return {number: refused.get(each.staff_id, each) if each.staff_id else each for number, each in meant.items()}


def settle_therapists(rows: Iterable[ClientImportRow], meant: Mapping[int, Meant]) -> None:
    """Say on each row that can be added who its client will be assigned to, or why nobody."""
    for row in rows:
        theirs = meant.get(row.number) if row.result in TO_ADD else None
        row.staff_id = theirs.staff_id if theirs is not None else None
        if theirs is not None and theirs.problem is not None:
            problem = theirs.problem
            row.result = READY_WITH_PROBLEM
            row.errors = [{"field": problem.field, "code": problem.code, "detail": problem.detail}]


def record_refused(session: Session, work: Work, rows: Iterable[ClientImportRow], meant: Mapping[int, Meant]) -> None:
    """A row is on record whose therapist may not be assigned by who imports, though the row itself goes on."""
    for row in rows:
        theirs = meant.get(row.number)
        if theirs is not None and theirs.refusal is not None and row.result == READY_WITH_PROBLEM:
            details = of_row(work, row)
            audit.record_refusal(
                session, work.actor, ASSIGNED, theirs.refusal, object_id=theirs.refused_id, details=details
            )


def of_row(work: Work, row: ClientImportRow) -> dict[str, str | int]:
    """What the audit trail says of a row: the job and the number in the file."""
    return {"job_id": str(work.job_id), "row": row.number}


def ways_to_read(name: str) -> Iterator[str]:
    """A name as it may be meant: as it stands, the last name first, or with credentials behind it.

    >>> list(ways_to_read("Dr. Ada Byron, LCSW"))
    ['Ada Byron, LCSW', 'LCSW Ada Byron', 'Ada Byron']
    """
    name = _TITLE.sub("", name.strip(), count=1) if _TITLE.match(name.strip()) else name.strip()
    yield name
    before, comma, after = name.partition(",")
    if comma:
        yield f"{after.partition(',')[0].strip()} {before}"
        yield before


@dataclass(frozen=True, slots=True)
class _Staff:
    """The staff of a practice, by what a table may call them."""

    organization_id: UUID
    by_name: Mapping[tuple[str, ...], Sequence[_Member]]
    by_email: Mapping[str, _Member]

    @classmethod
    def of(cls, session: Session, actor: Caller) -> _Staff:
        wanted = select(StaffCopy.id, StaffCopy.display_name, StaffCopy.active, StaffCopy.email_hash).where(
            StaffCopy.organization_id == actor.organization_id
        )
        found = session.execute(wanted.order_by(StaffCopy.id).limit(STAFF_LOOKED_AT_MAX)).all()
        by_name: dict[tuple[str, ...], list[_Member]] = {}
        for member in found:
            for spelt in {tuple(words) for words in spellings(member.display_name)}:
                by_name.setdefault(spelt, []).append(member)
        return cls(actor.organization_id, by_name, {row.email_hash: row for row in found if row.email_hash})

    def meant_by(self, cell: str) -> Meant:
        """Somebody active comes before somebody who left and has the same name."""
        if "@" in cell:
            found = [self.by_email.get(email_hash(self.organization_id, comparable_email(cell)))]
            members = {row.id: row for row in found if row is not None}
        else:
            members = next(filter(None, map(self._named, ways_to_read(cell))), {})
        active = [row.id for row in members.values() if row.active]
        if len(active) == 1:
            return Meant(active[0], None)
        return Meant(None, AMBIGUOUS if active else LEFT if members else UNKNOWN)

    def _named(self, name: str) -> dict[UUID, _Member]:
        return {row.id: row for words in spellings(name) for row in self.by_name.get(tuple(words), ())}


def _problem(refusal: Refusal) -> FieldError:
    return FieldError(THERAPIST, refusal.code, refusal.detail)
