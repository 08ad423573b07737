"""What a question about goals asks and answers."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.clinical.goal_progress.queries import NOTES_MAX
from shared.web.fields import Day, about


class GoalsQuery(Schema):
    """On which day."""

    on = Day(load_default=None, metadata=about("The day whose plan is meant. Leave it out for today, in the practice."))


class GoalProgressSchema(Schema):
    """A goal of a treatment plan, and how many sessions worked on it."""

    key = fields.String(metadata=about("What stands for the goal where it is ticked: letters and digits."))
    description = fields.String(metadata=about("The goal as the plan words it."))
    since = fields.Date(metadata=about("The day from which a plan of the case names it, and its sessions count."))
    worked_on = fields.Integer(metadata=about("How many signed notes since then have it ticked."))
    sessions = fields.Integer(
        metadata=about(f"How many signed notes there are since then, of the last {NOTES_MAX:,} of the case.")
    )


class GoalsSchema(Schema):
    """The goals of the plan in force."""

    items = fields.List(fields.Nested(GoalProgressSchema), metadata=about("In the order of the plan."))
