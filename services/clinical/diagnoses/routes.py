"""Reading diagnoses. What adds and changes them is in `corrected_diagnoses`, which tells billing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.clinical.cases.queries import readable_case
from services.clinical.diagnoses import queries
from services.clinical.diagnoses.code_search import find_codes
from services.clinical.diagnoses.schemas import CodeQuery, DiagnosesPage, FoundCodesSchema, TitledDiagnosisSchema
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import PageQuery
from shared.web.routes import Route


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


def get_diagnosis_codes(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Find diagnosis codes by code or words

    Billable codes of ICD-10-CM, at most 20. Codes that begin as the query does come by themselves; where none does,
    its words are looked for in the titles. That somebody looked is on record, without the words: they may tell of a
    client before anything is written about one.
    """
    return {"items": find_codes(query["query"], query["limit"])}


_ALL = "/api/v1/cases/{case_id}/diagnoses"
ROUTES = (
    Route(
        "GET",
        "/api/v1/diagnosis-codes",
        "diagnoses:read",
        get_diagnosis_codes,
        query=CodeQuery,
        response=FoundCodesSchema,
        audit="diagnosis_codes.search",
        example={"query": "generalized anxiety"},
    ),
    Route(
        "GET",
        _ALL,
        "diagnoses:read",
        get_diagnoses,
        query=PageQuery,
        response=DiagnosesPage,
        audit="diagnoses.list",
    ),
    Route(
        "GET",
        _ALL + "/{diagnosis_id}",
        "diagnoses:read",
        get_diagnosis,
        response=TitledDiagnosisSchema,
        audit="diagnosis.read",
    ),
)
