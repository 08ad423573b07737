"""The endpoints of treatment plans. What signs them is in `signed_plans`, which tells billing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.clinical.cases.queries import readable_case
from services.clinical.treatment_plans import commands, queries
from services.clinical.treatment_plans.commands import PlanChanges, PlanDetails, PlanDiscarding
from services.clinical.treatment_plans.models import TreatmentPlan
from services.clinical.treatment_plans.schemas import NewPlan, NewPlanDiscarding, PlanPatch, PlanSchema, PlansPage
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.paging import PageQuery
from shared.web.routes import Route


def post_plan(session: Session, actor: Person, case_id: UUID, body: PlanDetails) -> TreatmentPlan:
    """Write a draft treatment plan

    Writes problems with goals, objectives and interventions. The plan is a draft until it is signed.
    """
    return commands.write_plan(session, actor, case_id, body)


def get_plans(session: Session, actor: Caller, case_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """List a case's treatment plans, newest first

    Drafts are included, each with its problems and goals.
    """
    return queries.list_plans(session, readable_case(session, actor, case_id), **query)


def get_plan(session: Session, actor: Caller, plan_id: UUID) -> TreatmentPlan:
    """Read a treatment plan

    Shows the plan with its problems, goals and objectives.
    """
    return queries.readable_plan(session, actor, plan_id)


def patch_plan(session: Session, actor: Person, plan_id: UUID, body: PlanChanges) -> TreatmentPlan:
    """Change a draft treatment plan

    Changes the days of a draft, or all its problems at once. A signed plan never changes.
    """
    return commands.change_plan(session, actor, plan_id, body)


def post_plan_discarding(session: Session, actor: Person, plan_id: UUID, body: PlanDiscarding) -> TreatmentPlan:
    """Discard a draft treatment plan that nobody needs

    It is kept as it was, with who discarded it, when and why, and is never in force.
    """
    return commands.discard_plan(session, actor, plan_id, body.reason)


_ALL = "/api/v1/cases/{case_id}/treatment-plans"
ROUTES = (
    Route(
        "POST",
        _ALL,
        "treatment_plans:create",
        post_plan,
        body=NewPlan,
        response=PlanSchema,
        status=201,
        makes="/api/v1/treatment-plans/{plan_id}",
        example={
            "effective_from": "2026-01-01",
            "problems": [
                {
                    "description": "Worries most of the day.",
                    "goals": [
                        {
                            "description": "Feel calm on most days.",
                            "objectives": [
                                {"description": "Sleep through the night.", "measure": "Hours in the sleep log."}
                            ],
                        }
                    ],
                }
            ],
        },
    ),
    Route(
        "GET",
        _ALL,
        "treatment_plans:read",
        get_plans,
        query=PageQuery,
        response=PlansPage,
        audit="treatment_plans.list",
    ),
    Route(
        "GET",
        "/api/v1/treatment-plans/{plan_id}",
        "treatment_plans:read",
        get_plan,
        response=PlanSchema,
        audit="treatment_plan.read",
    ),
    Route(
        "PATCH",
        "/api/v1/treatment-plans/{plan_id}",
        "treatment_plans:create",
        patch_plan,
        body=PlanPatch,
        response=PlanSchema,
        changes=queries.visible_plan,
        example={"review_on": "2026-03-01"},
    ),
    Route(
        "POST",
        "/api/v1/treatment-plans/{plan_id}/discard",
        "treatment_plans:create",
        post_plan_discarding,
        body=NewPlanDiscarding,
        response=PlanSchema,
        changes=queries.visible_plan,
        example={"reason": "The client wants to work toward something else."},
    ),
)
