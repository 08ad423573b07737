"""Adding and changing diagnoses, and telling billing of the documented sessions whose diagnoses that corrects."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from services.clinical.cases.models import Case
from services.clinical.cases.queries import visible_case
from services.clinical.corrected_diagnoses.queries import documented_days
from services.clinical.diagnoses import commands
from services.clinical.diagnoses.commands import DiagnosisChanges, DiagnosisDetails
from services.clinical.diagnoses.models import Diagnosis
from services.clinical.diagnoses.queries import all_of_case
from services.clinical.diagnoses.rules import InForce, codes_on
from services.clinical.notes.models import Note
from services.clinical.sealing.commands import tell_anew
from shared import audit
from shared.actor import Person
from shared.database.session import Session


def add_diagnosis(session: Session, actor: Person, case_id: UUID, details: DiagnosisDetails) -> Diagnosis:
    """A diagnosis from a date on; raises as `diagnoses.commands.add_diagnosis`."""
    return _telling(session, actor, case_id, lambda: commands.add_diagnosis(session, actor, case_id, details))


def change_diagnosis(
    session: Session, actor: Person, case_id: UUID, diagnosis_id: UUID, changes: DiagnosisChanges
) -> Diagnosis:
    """Another rank or last day, ranks swapped, or an error; raises as `diagnoses.commands.change_diagnosis`."""
    return _telling(
        session, actor, case_id, lambda: commands.change_diagnosis(session, actor, case_id, diagnosis_id, changes)
    )


def _telling(session: Session, actor: Person, case_id: UUID, change: Callable[[], Diagnosis]) -> Diagnosis:
    """Run `change`, and tell billing anew of the sessions on whose dates other codes are in force than before."""
    case = visible_case(session, actor, case_id, for_update=True)
    before = _in_force(session, case)
    changed = change()
    session.flush()
    after = _in_force(session, case)
    if after != before:
        days = documented_days(session, case)
        corrected = [note_id for note_id, day in days if codes_on(before, day) != codes_on(after, day)]
        for note_id in corrected:
            tell_anew(session, session.get_one(Note, (case.organization_id, note_id)))
        audit.describe(session, corrected_sessions=len(corrected))
    return changed


def _in_force(session: Session, case: Case) -> list[InForce]:
    rows = all_of_case(session, case)
    return sorted(
        (InForce(diagnosis.rank, diagnosis.id, diagnosis.code, diagnosis.period) for diagnosis in rows),
        key=lambda diagnosis: (diagnosis.rank, diagnosis.id),
    )
