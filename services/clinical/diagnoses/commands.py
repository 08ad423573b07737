"""Adding diagnoses, ending them, changing their rank."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.clinical.cases.queries import visible_case
from services.clinical.cases.rules import CaseClosed
from services.clinical.diagnoses import rules
from services.clinical.diagnoses.models import Diagnosis
from services.clinical.diagnoses.queries import all_of_case, one_diagnosis, title_of
from shared import audit, clock
from shared.actor import Person
from shared.changes import UNSET, Changes, Unset, differing
from shared.database.session import Session


@dataclass(frozen=True, slots=True)
class DiagnosisDetails:
    """A diagnosis to add. `code`: ICD-10-CM, with or without the dot. `effective_to` None: until further notice."""

    code: str
    rank: int
    effective_from: date
    effective_to: date | None


@dataclass(frozen=True, slots=True)
class DiagnosisChanges(Changes):
    """Another rank, or another last day (None: until further notice)."""

    rank: int | Unset = UNSET
    effective_to: date | Unset | None = UNSET


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
    place, taken = rules.Place(known, details.rank, period), [one.place for one in all_of_case(session, case)]
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
    """End a diagnosis or change its rank; the code never changes. Raises as `add_diagnosis`."""
    case = visible_case(session, actor, case_id, for_update=True)
    diagnosis = one_diagnosis(session, case, diagnosis_id, for_update=True)
    different = differing(diagnosis, changes.given())
    if not different:
        return diagnosis
    rank = diagnosis.rank if changes.rank is UNSET else changes.rank
    last = diagnosis.effective_to if changes.effective_to is UNSET else changes.effective_to
    before, place = diagnosis.place, rules.Place(diagnosis.code, rank, rules.Period(diagnosis.effective_from, last))
    others = [one.place for one in all_of_case(session, case) if one.id != diagnosis.id]
    # What overlaps already may be ended.
    rules.ensure_code_is_new(place, [one for one in others if not one.period.overlaps(before.period)], "effective_to")
    rules.ensure_rank_is_free(place, others)
    diagnosis.rank, diagnosis.effective_to = rank, last
    diagnosis.version += 1
    audit.describe(session, object_id=diagnosis.id, fields=sorted(different))
    return diagnosis
