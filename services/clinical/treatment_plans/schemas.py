"""What treatment plan requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.clinical.treatment_plans.commands import PlanChanges, PlanDetails, PlanDiscarding
from shared.web.dumping import dump
from shared.web.fields import Day, Instant, Stored, Stripped, about, choice, text
from shared.web.paging import page_of

TEXT_MAX = 2_000
PARTS_MAX = 20


def _several(schema: type[Schema], description: str, **options: Any) -> fields.List[Any]:
    return fields.List(
        fields.Nested(schema),
        validate=validate.Length(max=PARTS_MAX),
        metadata=about(description),
        **options,
    )


class InterventionSchema(Stripped):
    """What is done toward an objective, and how often."""

    description = text(TEXT_MAX, "What is done, such as cognitive behavioural therapy.", lines=True, required=True)
    frequency = text(100, "How often, such as weekly.", load_default=None, allow_none=True)


class ObjectiveSchema(Stripped):
    """A step toward a goal: what can be seen or counted when it is reached."""

    description = text(TEXT_MAX, "What will be different.", lines=True, required=True)
    measure = text(TEXT_MAX, "How to tell that it is reached.", lines=True, load_default=None, allow_none=True)
    target_on = Day(
        load_default=None, allow_none=True, metadata=about("Day by which it is to be reached; null: no day is named.")
    )
    interventions = _several(InterventionSchema, "What is done toward it.", load_default=list)


class GoalSchema(Stripped):
    """What the client wants to reach."""

    description = text(TEXT_MAX, "The goal, in the client's words.", lines=True, required=True)
    objectives = _several(ObjectiveSchema, "Steps toward the goal.", load_default=list)


class PlanProblemSchema(Stripped):
    """What brings the client."""

    description = text(TEXT_MAX, "The problem, as the plan states it.", lines=True, required=True)
    goals = _several(GoalSchema, "What the client wants to reach.", load_default=list)


class NewPlan(Stripped):
    """A treatment plan to write. It is a draft until it is signed."""

    effective_from = Day(required=True, metadata=about("First date of service that it applies to."))
    review_on = Day(
        load_default=None,
        allow_none=True,
        metadata=about(
            "Day on which it is due for review, in the practice's time zone. Default: so many days after it takes "
            "effect as the practice decided (`plan_review_days`)."
        ),
    )
    problems = _several(
        PlanProblemSchema, "What brings the client, and what is done about it; at least one.", required=True
    )

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        """There is a problem, and the review comes after the beginning."""
        if "problems" in data and not data["problems"]:
            raise ValidationError("Name at least one problem.", "problems")
        if data.get("review_on") and data.get("effective_from") and data["review_on"] < data["effective_from"]:
            raise ValidationError("The review comes before the plan takes effect.", "review_on")

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> PlanDetails:
        problems = [dump(PlanProblemSchema, problem) for problem in data.pop("problems")]
        return PlanDetails(problems=problems, **data)


class PlanPatch(Stripped):
    """Changes to a draft plan. What is left out stays; `problems` are sent as a whole."""

    effective_from = Day(metadata=about("First date of service that it applies to."))
    review_on = Day(metadata=about("Day on which it is due for review, in the practice's time zone."))
    problems = fields.List(
        fields.Nested(PlanProblemSchema),
        validate=validate.Length(1, PARTS_MAX),
        metadata=about("What brings the client, and what is done about it; at least one."),
    )

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> PlanChanges:
        if "problems" in data:
            data["problems"] = [dump(PlanProblemSchema, problem) for problem in data["problems"]]
        return PlanChanges(**data)


class NewPlanDiscarding(Stripped):
    """Why nobody needs a draft plan."""

    reason = text(500, "Why nobody needs it. It is kept with the plan.", lines=True, required=True)

    @post_load
    def _discarding(self, data: dict[str, Any], **_: Any) -> PlanDiscarding:
        return PlanDiscarding(**data)


class PlanSchema(Schema):
    """A treatment plan of a case. Signed, it never changes."""

    id = fields.UUID()
    version = fields.Integer()
    case_id = fields.UUID()
    status = choice(
        ("draft", "signed", "discarded"),
        "Whether it is signed.",
        {"draft": "it is not in force", "signed": "it never changes", "discarded": "nobody needs it; it is kept"},
    )
    effective_from = fields.Date(metadata=about("First date of service that it applies to."))
    review_on = fields.Date(metadata=about("Day on which it is due for review, in the practice's time zone."))
    problems = fields.List(
        Stored(PlanProblemSchema), metadata=about("What brings the client, and what is done about it.")
    )
    created_by = fields.UUID(metadata=about("Id of the member of staff who wrote it."))
    signed_by = fields.UUID(
        allow_none=True, metadata=about("Id of the member of staff who signed it; null while it is a draft.")
    )
    signed_by_name = fields.String(
        allow_none=True,
        metadata=about(
            "Name of the member of staff who signed it, as it was then; of what was signed before names were kept: of "
            "today. null: a draft, or not known."
        ),
    )
    signed_by_credentials = fields.List(
        fields.String(),
        attribute="signer_credentials",
        allow_none=True,
        metadata=about("Credentials of that member, as they were then, in the order they print in; null: not known."),
    )
    signed_at = Instant(allow_none=True, metadata=about("When it was signed; null while it is a draft."))
    content_hash = fields.String(
        allow_none=True, metadata=about("SHA-256, in hexadecimal, of what was signed; null while it is a draft.")
    )
    discarded_at = Instant(allow_none=True, metadata=about("When it was discarded; null where it was not."))
    discarded_by = fields.UUID(
        allow_none=True, metadata=about("Id of the member of staff who discarded it; null where nobody did.")
    )
    discard_reason = fields.String(allow_none=True, metadata=about("Why it was discarded; null where it was not."))


PlansPage = page_of(PlanSchema, "The last to take effect first.")
