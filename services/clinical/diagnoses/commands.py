"""Adding diagnoses, ending them, changing their rank."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.clinical.cases.queries import visible_case
from services.clinical.cases.rules import CaseClosed
from services.clinical.diagnoses import rules
from services.clinical.diagnoses.models import Diagnosis
from services.clinical.diagnoses.queries import all_of_case, one_diagnosis, title_of
from shared import audit, clock
from shared.actor import Actor
from shared.database.session import Session
from shared.errors import Stale


def add_diagnosis(
    session: Session,
    actor: Actor,
    case_id: UUID,
    code: str,
    rank: int,
    effective_from: date,
    effective_to: date | None,
) -> Diagnosis:
    """A diagnosis from a date on.

    Raises `NotFound`, `CaseClosed`, `UnknownDiagnosisCode`, `RankTaken`, `PeriodReversed`.
    """
    case = visible_case(session, actor, case_id, for_update=True)
    if case.status != "open":
        raise CaseClosed()
    known = rules.normalised_code(code)
    if known is None or title_of(session, known) is None:
        raise rules.UnknownDiagnosisCode.field(
            "code", rules.UnknownDiagnosisCode.code, "Not a billable ICD-10-CM code."
        )
    period = rules.Period(effective_from, effective_to)
    rules.ensure_rank_is_free(rank, period, ((d.rank, d.period) for d in all_of_case(session, case)))
    assert actor.staff_id is not None
    diagnosis = Diagnosis(
        organization_id=case.organization_id,
        case_id=case.id,
        code=known,
        rank=rank,
        effective_from=effective_from,
        effective_to=effective_to,
        added_by=actor.staff_id,
        created_at=clock.now(),
    )
    session.add(diagnosis)
    session.flush()
    audit.describe(session, object_id=diagnosis.id)
    return diagnosis


def change_diagnosis(
    session: Session,
    actor: Actor,
    case_id: UUID,
    diagnosis_id: UUID,
    changes: dict[str, Any],
    if_match: int | None,
) -> Diagnosis:
    """End a diagnosis or change its rank; the code never changes. Raises as `add_diagnosis`, and `Stale`."""
    case = visible_case(session, actor, case_id, for_update=True)
    diagnosis = one_diagnosis(session, case, diagnosis_id)
    if if_match is not None and if_match != diagnosis.version:
        raise Stale()
    rank = changes.get("rank", diagnosis.rank)
    period = rules.Period(diagnosis.effective_from, changes.get("effective_to", diagnosis.effective_to))
    others = [d for d in all_of_case(session, case) if d.id != diagnosis.id]
    rules.ensure_rank_is_free(rank, period, ((d.rank, d.period) for d in others))
    diagnosis.rank, diagnosis.effective_to = rank, period.last
    diagnosis.version += 1
    audit.describe(session, object_id=diagnosis.id, fields=sorted(changes))
    return diagnosis
