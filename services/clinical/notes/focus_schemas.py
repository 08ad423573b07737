"""What a note says besides its text: services in addition, the goals of the plan that were worked on, the risk."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from services.clinical.notes import rules
from services.clinical.treatment_plans.rules import KEY_CHARACTERS, key_of
from shared.web.fields import Text, about, choice
from shared.web.strict_fields import Id


def add_ons_field(**options: Any) -> fields.List[Any]:
    """What was given in addition to the appointment's service."""
    return fields.List(
        Id(),
        validate=[validate.Length(max=rules.ADD_ONS_MAX), _each_once],
        metadata=about("Services given in addition to the appointment's, e.g. interactive complexity."),
        **options,
    )


def _each_once(values: list[Any]) -> None:
    if len(set(values)) != len(values):
        raise ValidationError("Each service once.")


def risk_field(description: str = "The risk that the author saw; null: not said.", **options: Any) -> fields.String:
    """The risk that the author of a note saw."""
    return choice(rules.RISKS, description, rules.RISKS, allow_none=True, **options)


def goal_keys_field(**options: Any) -> fields.List[Any]:
    """The goals that are ticked, by their keys."""
    return fields.List(
        Text(validate=validate.Length(equal=KEY_CHARACTERS)),
        validate=validate.Length(max=rules.GOALS_MAX),
        metadata=about(
            "Keys of the goals that the session worked on: those of the plan in force on its day, as "
            "`GET /cases/{case_id}/goals` lists them. What was ticked before may stay."
        ),
        **options,
    )


class TickedGoalSchema(Schema):
    """A goal of the treatment plan that the session worked on."""

    key = fields.Function(key_of, metadata=about("What stands for the goal: letters and digits.", type="string"))
    description = fields.Function(str, metadata=about("The goal as the plan worded it.", type="string"))


def shown_goals(**options: Any) -> fields.List[Any]:
    """The goals of a note in an answer."""
    return fields.List(
        fields.Nested(TickedGoalSchema),
        metadata=about("Goals of the treatment plan that the session worked on, in the order of the plan."),
        **options,
    )
