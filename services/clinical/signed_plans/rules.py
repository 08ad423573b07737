"""What holds of a signature under a treatment plan. Pure."""

from __future__ import annotations

from services.clinical.last_word.rules import ServiceSupervised
from services.clinical.signing.rules import NoLicence, Supervised


class SupervisedPlan(Supervised):
    """A plan decides about months of sessions: whose notes need a second look does not sign it alone."""

    detail = "Your supervisor has the last word on your notes, and so signs this plan. It is on their worklist."


class NoLicenceToday(NoLicence):
    """Who signs a plan is licensed on the day of the signature."""

    detail = "There is no license in force today."


class PlanOfSupervised(ServiceSupervised):
    """Another signature never takes the place of the supervisor's, under a plan neither."""

    detail = (
        "A supervisor has the last word on the plans of its author, and so signs this one. It is on their worklist."
        " Where they have left, have another supervisor chosen."
    )


def ensure_may_sign(*, supervised: bool, last_word_kept: bool, licensed: bool) -> None:
    """Raises `SupervisedPlan`, `PlanOfSupervised` and `NoLicenceToday`.

    `last_word_kept`: nobody but the signer has the last word on what the plan's author writes.
    """
    if supervised:
        raise SupervisedPlan()
    if not last_word_kept:
        raise PlanOfSupervised()
    if not licensed:
        raise NoLicenceToday()
