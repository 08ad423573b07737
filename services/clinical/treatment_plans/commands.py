"""Writing and signing treatment plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.clinical.cases.queries import visible_case
from services.clinical.cases.rules import CaseClosed
from services.clinical.signature import content_hash
from services.clinical.treatment_plans import rules
from services.clinical.treatment_plans.models import TreatmentPlan
from services.clinical.treatment_plans.queries import visible_plan
from shared import audit, clock
from shared.actor import Person
from shared.database.session import Session


@dataclass(frozen=True, slots=True)
class PlanDetails:
    """A plan to write. `review_on` None: 90 days after it takes effect. `problems`: the document to sign, as JSON."""

    effective_from: date
    review_on: date | None
    problems: list[dict[str, Any]]


def write_plan(session: Session, actor: Person, case_id: UUID, details: PlanDetails) -> TreatmentPlan:
    """A draft plan. Raises `NotFound`, `CaseClosed`."""
    case = visible_case(session, actor, case_id, for_update=True)
    if case.status != "open":
        raise CaseClosed()
    plan = TreatmentPlan(
        organization_id=case.organization_id,
        case_id=case.id,
        effective_from=details.effective_from,
        review_on=rules.review_date(details.effective_from, details.review_on),
        problems=details.problems,
        created_by=actor.staff_id,
        created_at=clock.now(),
    )
    session.add(plan)
    session.flush()
    audit.describe(session, object_id=plan.id)
    return plan


def sign_plan(session: Session, actor: Person, plan_id: UUID) -> TreatmentPlan:
    """Sign a plan; from now on it never changes. Raises `NotFound`, `PlanSigned`, `PlanWithoutObjective`."""
    plan = visible_plan(session, actor, plan_id, for_update=True)
    if plan.signed_at is not None:
        raise rules.PlanSigned()
    rules.ensure_has_objective(plan.problems)
    plan.content_hash = content_hash({"effective_from": plan.effective_from.isoformat(), "problems": plan.problems})
    plan.signed_by, plan.signed_at = actor.staff_id, clock.now()
    plan.version += 1
    return plan
