"""The endpoint that signs treatment plans."""

from __future__ import annotations

from uuid import UUID

from services.clinical.signed_plans import commands
from services.clinical.treatment_plans.models import TreatmentPlan
from services.clinical.treatment_plans.queries import visible_plan
from services.clinical.treatment_plans.schemas import PlanSchema
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route


def post_plan_signature(session: Session, actor: Person, plan_id: UUID) -> TreatmentPlan:
    """Sign a treatment plan

    A signed plan never changes. It needs at least one objective. Documented sessions on or after the day that it takes
    effect, for which no signed plan was in force, are told to billing anew: their drafts are no longer held for it.
    Signing takes a license in force today. The plans of somebody whose notes a supervisor approves or co-signs are
    signed by the supervisor. `If-Match` signs the version that was read and no other.
    """
    return commands.sign_plan(session, actor, plan_id)


ROUTES = (
    Route(
        "POST",
        "/api/v1/treatment-plans/{plan_id}/sign",
        "treatment_plans:sign",
        post_plan_signature,
        response=PlanSchema,
        changes=visible_plan,
    ),
)
