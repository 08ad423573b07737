"""Adding diagnoses, ending them, changing their rank, and keeping those that were entered in error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.clinical.cases.models import Case
from services.clinical.cases.queries import visible_case
from services.clinical.cases.rules import CaseClosed
from services.clinical.diagnoses import rules
from services.clinical.diagnoses.models import Diagnosis
from services.clinical.diagnoses.queries import all_of_case, one_diagnosis, title_of
from shared import audit, clock
from shared.actor import Person
from shared.changes import UNSET, Changes, Unset, differing
from shared.database.session import Session
from shared.errors import Hidden, NotFound


@dataclass(frozen=True, slots=True)
class DiagnosisDetails:
    """A diagnosis to add. `code`: ICD-10-CM, with or without the dot. `effective_to` None: until further notice."""

    code: str
    rank: int
    effective_from: date
    effective_to: date | None


@dataclass(frozen=True, slots=True)
class DiagnosisChanges(Changes):
    """Another rank, or another last day (None: until further notice); or the id of the diagnosis to swap ranks with;
    or why it was entered in error.
    """

    rank: int | Unset = UNSET
    effective_to: date | Unset | None = UNSET
    swap_with: UUID | Unset = UNSET
    entered_in_error: str | Unset = UNSET


def add_diagnosis(session: Session, actor: Person, case_id: UUID, details: DiagnosisDetails) -> Diagnosis:
    """A diagnosis from a date on.

    Raises `NotFound`, `CaseClosed`, `UnknownDiagnosisCode`, `CodeTwice`, `RankTaken`, `PeriodReversed`.
    """
    case = visible_case(session, actor, case_id, for_update=True)
    if case.status != "open":
        raise CaseClosed()
    known = rules.normalised_code(details.code)
    if known is None or title_of(session, known) is None:
        raise rules.UnknownDiagnosisCode.field(
            "code", rules.UnknownDiagnosisCode.code, "Not a billable ICD-10-CM code."
        )
    period = rules.Period(details.effective_from, details.effective_to)
    place, taken = rules.Place(known, details.rank, period), [recorded.place for recorded in all_of_case(session, case)]
    rules.ensure_code_is_new(place, taken)
    rules.ensure_rank_is_free(place, taken)
    diagnosis = Diagnosis(
        organization_id=case.organization_id,
        case_id=case.id,
        code=known,
        rank=details.rank,
        effective_from=details.effective_from,
        effective_to=details.effective_to,
        added_by=actor.staff_id,
        created_at=clock.now(),
    )
    session.add(diagnosis)
    session.flush()
    audit.describe(session, object_id=diagnosis.id)
    return diagnosis


def change_diagnosis(
    session: Session, actor: Person, case_id: UUID, diagnosis_id: UUID, changes: DiagnosisChanges
) -> Diagnosis:
    """End a diagnosis, change its rank or swap it with another's, or keep it as one that was entered in error.

    The code never changes. Raises as `add_diagnosis`, and `EnteredInError`.
    """
    case = visible_case(session, actor, case_id, for_update=True)
    diagnosis = one_diagnosis(session, case, diagnosis_id, for_update=True)
    if changes.given() and diagnosis.entered_in_error_at is not None:
        raise rules.EnteredInError()
    if changes.entered_in_error is not UNSET:
        return _entered_in_error(session, actor, diagnosis, changes.entered_in_error)
    if changes.swap_with is not UNSET:
        return _swap(session, case, diagnosis, changes.swap_with)
    different = differing(diagnosis, changes.given())
    if not different:
        return diagnosis
    rank = diagnosis.rank if changes.rank is UNSET else changes.rank
    last = diagnosis.effective_to if changes.effective_to is UNSET else changes.effective_to
    before, place = diagnosis.place, rules.Place(diagnosis.code, rank, rules.Period(diagnosis.effective_from, last))
    others = [sibling.place for sibling in all_of_case(session, case) if sibling.id != diagnosis.id]
    # What overlaps already may be ended.
    rules.ensure_code_is_new(
        place, [taken for taken in others if not taken.period.overlaps(before.period)], "effective_to"
    )
    rules.ensure_rank_is_free(place, others)
    diagnosis.rank, diagnosis.effective_to = rank, last
    diagnosis.version += 1
    audit.describe(session, object_id=diagnosis.id, fields=sorted(different))
    return diagnosis


def _entered_in_error(session: Session, actor: Person, diagnosis: Diagnosis, reason: str) -> Diagnosis:
    diagnosis.entered_in_error_at, diagnosis.entered_in_error_by = clock.now(), actor.staff_id
    diagnosis.entered_in_error_reason = reason
    diagnosis.version += 1
    audit.describe(session, object_id=diagnosis.id, fields=["entered_in_error"])
    return diagnosis


def _swap(session: Session, case: Case, diagnosis: Diagnosis, other_id: UUID) -> Diagnosis:
    """Give each of two diagnoses the other's rank. Raises `Invalid`, `EnteredInError`, `RankTaken`."""
    try:
        other = one_diagnosis(session, case, other_id, for_update=True)
    except NotFound as error:
        raise Hidden.field("swap_with", "unknown", "This case has no such diagnosis.") from error
    if other.entered_in_error_at is not None:
        raise rules.EnteredInError()
    if other.rank == diagnosis.rank:
        return diagnosis
    diagnosis.rank, other.rank = other.rank, diagnosis.rank
    others = [sibling.place for sibling in all_of_case(session, case) if sibling.id not in (diagnosis.id, other.id)]
    for each_diagnosis in (diagnosis, other):
        rules.ensure_rank_is_free(each_diagnosis.place, others)
        each_diagnosis.version += 1
    audit.describe(session, object_id=diagnosis.id, fields=["rank"], swapped_with=str(other.id))
    return diagnosis
