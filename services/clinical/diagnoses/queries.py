"""Reading diagnoses."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Text, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.clinical.cases.models import Case
from services.clinical.cases.queries import visible_case
from services.clinical.diagnoses.models import Diagnosis, Icd10Code
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate


def list_diagnoses(session: Session, case: Case, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of a case's diagnoses with their titles, by rank and start."""
    keys = [Diagnosis.rank, Diagnosis.effective_from, Diagnosis.id]
    return paginate(session, _titled(case), keys, limit=limit, cursor=cursor, scalars=False)


def titled_diagnosis(session: Session, case: Case, diagnosis_id: UUID) -> Row[*tuple[Any, ...]]:
    """A diagnosis of that case with its title; raises `NotFound`."""
    found = session.execute(_titled(case).where(Diagnosis.id == diagnosis_id)).first()
    if found is None:
        raise NotFound()
    return found


def _titled(case: Case) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Diagnosis.id,
            Diagnosis.version,
            Diagnosis.code,
            Icd10Code.title,
            Diagnosis.rank,
            Diagnosis.effective_from,
            Diagnosis.effective_to,
            Diagnosis.entered_in_error_at,
            Diagnosis.entered_in_error_by,
            Diagnosis.entered_in_error_reason,
        )
        .join(Icd10Code, Icd10Code.code == Diagnosis.code, isouter=True)
        .where(Diagnosis.organization_id == case.organization_id, Diagnosis.case_id == case.id)
    )


def visible_diagnosis(session: Session, actor: Caller, case_id: UUID, diagnosis_id: UUID) -> Diagnosis:
    """A diagnosis of a case that the actor may work in; raises `NotFound`."""
    return one_diagnosis(session, visible_case(session, actor, case_id), diagnosis_id)


def one_diagnosis(session: Session, case: Case, diagnosis_id: UUID, *, for_update: bool = False) -> Diagnosis:
    """A diagnosis of that case; raises `NotFound`. Locked until the transaction ends when `for_update`."""
    found = session.get(Diagnosis, (case.organization_id, diagnosis_id), with_for_update=for_update or None)
    if found is None or found.case_id != case.id:
        raise NotFound()
    return found


def all_of_case(session: Session, case: Case) -> list[Diagnosis]:
    """Every diagnosis of a case, past ones included, but for those entered in error."""
    statement = select(Diagnosis).where(
        Diagnosis.organization_id == case.organization_id,
        Diagnosis.case_id == case.id,
        Diagnosis.entered_in_error_at.is_(None),
    )
    return list(session.scalars(statement))


def title_of(session: Session, code: str) -> str | None:
    """The title of a billable code; None for anything that is not one."""
    return session.scalar(select(Icd10Code.title).where(Icd10Code.code == code))


def codes_in_force(organization_id: UUID, case_id: UUID, on: date) -> ColumnElement[list[str]]:
    """The codes in force on a date of service, primary first, as an array in a query."""
    statement = (
        select(Diagnosis.code)
        .where(
            Diagnosis.organization_id == organization_id,
            Diagnosis.case_id == case_id,
            Diagnosis.entered_in_error_at.is_(None),
            Diagnosis.effective_from <= on,
            or_(Diagnosis.effective_to.is_(None), Diagnosis.effective_to >= on),
        )
        .order_by(Diagnosis.rank, Diagnosis.id)
    )
    return func.array(statement.scalar_subquery(), type_=ARRAY(Text))
