"""What holds of a signature under a treatment plan. Pure."""

from __future__ import annotations

from services.clinical.signing.rules import NoLicence, Supervised


class SupervisedPlan(Supervised):
    """A plan decides about months of sessions: whose notes need a second look does not sign it alone."""

    detail = "Your supervisor has the last word on your notes, and so signs this plan. It is on their worklist."


class NoLicenceToday(NoLicence):
    """Who signs a plan is licensed on the day of the signature."""

    detail = "There is no license in force today."


def ensure_may_sign(*, supervised: bool, licensed: bool) -> None:
    """Raises `SupervisedPlan`, and `NoLicenceToday`."""
    if supervised:
        raise SupervisedPlan()
    if not licensed:
        raise NoLicenceToday()
