"""What holds of treatment plans. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from shared.errors import Conflict, Invalid

KEY_CHARACTERS: Final = 16  # of the key of a goal
REVIEW_ANNOUNCED: Final = timedelta(days=14)  # how long before its day a review is announced


class PlanWithoutObjective(Conflict):
    """A plan that nobody could measure is not signed."""

    code = "plan_without_objective"
    detail = "The plan has no objective yet."


class PlanSigned(Conflict):
    """A signed plan is signed once."""

    code = "plan_signed"
    detail = "This plan is signed already."


class PlanDiscarded(Conflict):
    """What was discarded is kept as it was."""

    code = "plan_discarded"
    detail = "This plan was discarded. Write another one."


class ReviewBeforeBeginning(Invalid):
    """A plan is reviewed once it is in force."""

    code = "review_before_beginning"


def goals_of(problems: Sequence[Mapping[str, Any]]) -> list[str]:
    """The goals of a plan in their order, each once: a goal is its words."""
    found = [goal["description"] for problem in problems for goal in problem.get("goals", ())]
    return list(dict.fromkeys(found))


def key_of(goal: str) -> str:
    """What stands for a goal where its words would be too long: 16 letters and digits."""
    return hashlib.sha256(goal.encode()).hexdigest()[:KEY_CHARACTERS]


def ensure_draft(status: str) -> None:
    """Raises `PlanSigned`, `PlanDiscarded`."""
    if status == "signed":
        raise PlanSigned()
    if status == "discarded":
        raise PlanDiscarded()


def ensure_review_follows(effective_from: date, review_on: date) -> None:
    """Raises `ReviewBeforeBeginning` for a review that comes before the plan takes effect."""
    if review_on < effective_from:
        detail = "The review comes before the plan takes effect."
        raise ReviewBeforeBeginning.field("review_on", ReviewBeforeBeginning.code, detail)


def ensure_has_objective(problems: list[dict[str, Any]]) -> None:
    """Raises `PlanWithoutObjective` unless some goal of some problem has an objective."""
    if not any(goal.get("objectives") for problem in problems for goal in problem.get("goals", ())):
        raise PlanWithoutObjective()


def review_date(effective_from: date, review_days: int) -> date:
    """When a plan is due for review that names no day: so many days after it takes effect."""
    return effective_from + timedelta(days=review_days)
