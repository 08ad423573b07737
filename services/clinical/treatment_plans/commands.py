"""Writing, changing, signing and discarding treatment plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.clinical.cases.commands import join_supervisor
from services.clinical.cases.queries import visible_case
from services.clinical.cases.rules import CaseClosed
from services.clinical.copies.queries import organization, signer
from services.clinical.signature import content_hash
from services.clinical.treatment_plans import rules
from services.clinical.treatment_plans.models import TreatmentPlan
from services.clinical.treatment_plans.queries import visible_plan
from shared import audit, clock
from shared.actor import Person
from shared.changes import UNSET, Changes, Unset, differing
from shared.database.session import Session


@dataclass(frozen=True, slots=True)
class PlanDetails:
    """A plan to write. `review_on` None: as many days after it takes effect as the practice decided.

    `problems`: the document to sign, as JSON.
    """

    effective_from: date
    review_on: date | None
    problems: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PlanChanges(Changes):
    """What else a draft says. `problems` are the whole document."""

    effective_from: date | Unset = UNSET
    review_on: date | Unset = UNSET
    problems: list[dict[str, Any]] | Unset = UNSET


@dataclass(frozen=True, slots=True)
class PlanDiscarding:
    """Why nobody needs a draft plan."""

    reason: str


def write_plan(session: Session, actor: Person, case_id: UUID, details: PlanDetails) -> TreatmentPlan:
    """A draft plan, which the author's supervisor can read. Raises `NotFound`, `CaseClosed`, and `NotArrivedYet` as
    `organization` does.
    """
    review_on = details.review_on or _usual_review(session, actor, details.effective_from)
    if visible_case(session, actor, case_id).status == "open":
        join_supervisor(session, actor, case_id)
    case = visible_case(session, actor, case_id, for_update=True)
    if case.status != "open":
        raise CaseClosed()
    plan = TreatmentPlan(
        organization_id=case.organization_id,
        case_id=case.id,
        effective_from=details.effective_from,
        review_on=review_on,
        problems=details.problems,
        created_by=actor.staff_id,
        created_at=clock.now(),
    )
    session.add(plan)
    session.flush()
    audit.describe(session, object_id=plan.id)
    return plan


def change_plan(session: Session, actor: Person, plan_id: UUID, changes: PlanChanges) -> TreatmentPlan:
    """Change a draft plan. Raises `NotFound`, `PlanSigned`, `PlanDiscarded`, `ReviewBeforeBeginning`."""
    plan = visible_plan(session, actor, plan_id, for_update=True)
    rules.ensure_draft(plan.status)
    if different := differing(plan, changes.given()):
        for field, value in different.items():
            setattr(plan, field, value)
        rules.ensure_review_follows(plan.effective_from, plan.review_on)
        plan.version += 1
        audit.describe(session, object_id=plan.id, fields=sorted(different))
    return plan


def discard_plan(session: Session, actor: Person, plan_id: UUID, reason: str) -> TreatmentPlan:
    """Keep a draft plan as one that nobody needs. Raises `NotFound`, `PlanSigned`, `PlanDiscarded`."""
    plan = visible_plan(session, actor, plan_id, for_update=True)
    rules.ensure_draft(plan.status)
    plan.discarded_at, plan.discarded_by, plan.discard_reason = clock.now(), actor.staff_id, reason
    plan.version += 1
    audit.describe(session, object_id=plan.id)
    return plan


def sign_plan(session: Session, actor: Person, plan_id: UUID) -> TreatmentPlan:
    """Sign a plan; from now on it never changes.

    Raises `NotFound`, `PlanSigned`, `PlanDiscarded`, `PlanWithoutObjective`.
    """
    plan = visible_plan(session, actor, plan_id, for_update=True)
    rules.ensure_draft(plan.status)
    rules.ensure_has_objective(plan.problems)
    plan.content_hash = content_hash({"effective_from": plan.effective_from.isoformat(), "problems": plan.problems})
    author = signer(session, plan.organization_id, actor.staff_id)  # before anything is written: a signed row is sealed
    plan.signed_by, plan.signed_at = actor.staff_id, clock.now()
    plan.signer_name, plan.signer_credentials = author.name, author.credentials
    plan.version += 1
    return plan


def _usual_review(session: Session, actor: Person, effective_from: date) -> date:
    return rules.review_date(effective_from, organization(session, actor).plan_review_days)
