"""What treatment plan requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.clinical.treatment_plans.commands import PlanDetails
from shared.web.fields import Day, Instant, Stripped, text
from shared.web.paging import page_of

TEXT_MAX = 2_000
PARTS_MAX = 20


def _several(schema: type[Schema], description: str, **options: Any) -> fields.List[Any]:
    return fields.List(
        fields.Nested(schema),
        validate=validate.Length(max=PARTS_MAX),
        metadata={"description": description},
        **options,
    )


class InterventionSchema(Stripped):
    """What is done, how often."""

    description = text(TEXT_MAX, "e.g. cognitive behavioural therapy.", lines=True, required=True)
    frequency = text(100, "e.g. weekly.", load_default=None, allow_none=True)


class ObjectiveSchema(Stripped):
    """What can be seen or counted when it is reached."""

    description = text(TEXT_MAX, "What will be different.", lines=True, required=True)
    measure = text(TEXT_MAX, "How it is measured.", lines=True, load_default=None, allow_none=True)
    target_on = Day(load_default=None, allow_none=True)
    interventions = _several(InterventionSchema, "How it is pursued.", load_default=list)


class GoalSchema(Stripped):
    """What the client wants."""

    description = text(TEXT_MAX, "In the client's words.", lines=True, required=True)
    objectives = _several(ObjectiveSchema, "Steps toward the goal.", load_default=list)


class ProblemSchema(Stripped):
    """What brings the client."""

    description = text(TEXT_MAX, "The problem.", lines=True, required=True)
    goals = _several(GoalSchema, "What to reach.", load_default=list)


class NewPlan(Stripped):
    """A draft plan."""

    effective_from = Day(required=True)
    review_on = Day(
        load_default=None,
        allow_none=True,
        metadata={"description": "Default: 90 days after it takes effect."},
    )
    problems = _several(ProblemSchema, "At least one.", required=True)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """There is a problem, and the review comes after the beginning."""
        if "problems" in data and not data["problems"]:
            raise ValidationError("Name at least one problem.", "problems")
        if data.get("review_on") and data.get("effective_from") and data["review_on"] < data["effective_from"]:
            raise ValidationError("The review comes before the plan takes effect.", "review_on")

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> PlanDetails:
        problems = [dict(ProblemSchema().dump(problem)) for problem in data.pop("problems")]
        return PlanDetails(problems=problems, **data)


class PlanSchema(Schema):
    """A treatment plan."""

    id = fields.UUID()
    version = fields.Integer()
    case_id = fields.UUID()
    status = fields.String()
    effective_from = fields.Date()
    review_on = fields.Date()
    problems = fields.List(fields.Dict())
    created_by = fields.UUID()
    signed_by = fields.UUID(allow_none=True)
    signed_at = Instant(allow_none=True)
    content_hash = fields.String(allow_none=True)


PlansPage = page_of(PlanSchema)
