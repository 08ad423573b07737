"""The endpoints that add and change diagnoses."""

from __future__ import annotations

from uuid import UUID

from services.clinical.corrected_diagnoses import commands
from services.clinical.diagnoses import queries
from services.clinical.diagnoses.commands import DiagnosisChanges, DiagnosisDetails
from services.clinical.diagnoses.models import Diagnosis
from services.clinical.diagnoses.schemas import DiagnosisPatch, DiagnosisSchema, NewDiagnosis
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route


def post_diagnosis(session: Session, actor: Person, case_id: UUID, body: DiagnosisDetails) -> Diagnosis:
    """Add a diagnosis to a case

    Adds a code of ICD-10-CM from a day on. On any day each rank is given once, and each code once. Sessions of those
    days that are documented are told to billing anew: their drafts follow, and of what is issued an amendment is
    proposed.
    """
    return commands.add_diagnosis(session, actor, case_id, body)


def patch_diagnosis(
    session: Session, actor: Person, case_id: UUID, diagnosis_id: UUID, body: DiagnosisChanges
) -> Diagnosis:
    """End a diagnosis, change its rank, or say that it was entered in error

    Changes the rank or the last day, or swaps ranks with another diagnosis. One that was entered in error is kept with
    who, when and why, and is in force on no day. The code never changes: end the diagnosis and add another. Documented
    sessions whose diagnoses it corrects are told to billing anew.
    """
    return commands.change_diagnosis(session, actor, case_id, diagnosis_id, body)


_ALL = "/api/v1/cases/{case_id}/diagnoses"
ROUTES = (
    Route(
        "POST",
        _ALL,
        "diagnoses:create",
        post_diagnosis,
        body=NewDiagnosis,
        response=DiagnosisSchema,
        status=201,
        makes="/api/v1/cases/{case_id}/diagnoses/{diagnosis_id}",
        example={"code": "F33.1", "rank": 5, "effective_from": "2026-01-01", "effective_to": "2026-01-02"},
    ),
    Route(
        "PATCH",
        _ALL + "/{diagnosis_id}",
        "diagnoses:create",
        patch_diagnosis,
        body=DiagnosisPatch,
        response=DiagnosisSchema,
        changes=queries.visible_diagnosis,
        example={"effective_to": "2030-01-01"},
    ),
)
