"""The endpoints of diagnoses."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.clinical.cases.queries import readable_case
from services.clinical.diagnoses import commands, queries
from services.clinical.diagnoses.commands import DiagnosisChanges, DiagnosisDetails
from services.clinical.diagnoses.models import Diagnosis
from services.clinical.diagnoses.schemas import (
    DiagnosesPage,
    DiagnosisPatch,
    DiagnosisSchema,
    NewDiagnosis,
    TitledDiagnosisSchema,
)
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.paging import PageQuery
from shared.web.routes import Route


def post_diagnosis(session: Session, actor: Person, case_id: UUID, body: DiagnosisDetails) -> Diagnosis:
    """Add a diagnosis to a case

    Adds a code of ICD-10-CM from a day on. Each rank is given once on any day.
    """
    return commands.add_diagnosis(session, actor, case_id, body)


def get_diagnoses(session: Session, actor: Caller, case_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List a case's diagnoses

    By rank and start, with the titles of the codes.
    """
    return queries.list_diagnoses(session, readable_case(session, actor, case_id), **query)


def get_diagnosis(session: Session, actor: Caller, case_id: UUID, diagnosis_id: UUID) -> Row[*tuple[Any, ...]]:
    """Read a diagnosis

    Shows the code with its title, its rank and its days.
    """
    return queries.titled_diagnosis(session, readable_case(session, actor, case_id), diagnosis_id)


def patch_diagnosis(
    session: Session, actor: Person, case_id: UUID, diagnosis_id: UUID, body: DiagnosisChanges
) -> Diagnosis:
    """End a diagnosis or change its rank

    Changes the rank or the last day. The code never changes: end the diagnosis and add another.
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
        answer=DiagnosisSchema,
        status=201,
        makes="/api/v1/cases/{case_id}/diagnoses/{diagnosis_id}",
        example={"code": "F33.1", "rank": 5, "effective_from": "2026-01-01", "effective_to": "2026-01-02"},
    ),
    Route(
        "GET",
        _ALL,
        "diagnoses:read",
        get_diagnoses,
        query=PageQuery,
        answer=DiagnosesPage,
        audit="diagnoses.list",
    ),
    Route(
        "GET",
        _ALL + "/{diagnosis_id}",
        "diagnoses:read",
        get_diagnosis,
        answer=TitledDiagnosisSchema,
        audit="diagnosis.read",
    ),
    Route(
        "PATCH",
        _ALL + "/{diagnosis_id}",
        "diagnoses:create",
        patch_diagnosis,
        body=DiagnosisPatch,
        answer=DiagnosisSchema,
        changes=queries.visible_diagnosis,
        example={"effective_to": "2030-01-01"},
    ),
)
