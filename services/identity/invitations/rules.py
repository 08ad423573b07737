"""What holds of invitations. Pure."""

from __future__ import annotations

from datetime import timedelta

from shared.errors import Conflict, Invalid, TooMany

LIFETIME = timedelta(hours=72)
PER_DAY_MAX = 50  # of one organization: the addresses belong to people who have not asked for mail


class InvitationNotUsable(Invalid):
    """Unknown, used or expired: the answer does not tell which."""

    code = "invitation_not_usable"
    detail = "This invitation has expired or was used already. Ask for a new one."


class AlreadyJoined(Conflict):
    """The member has a password already; they may reset it."""

    code = "already_joined"
    detail = "This member has joined already."


class Deactivated(Conflict):
    """Somebody who left is taken back before they are invited."""

    code = "deactivated"
    detail = "This member has been deactivated. Reactivate them first."


class TooManyInvitations(TooMany):
    """The day's invitations are used up."""

    code = "too_many_invitations"
    detail = f"At most {PER_DAY_MAX} invitations a day. Go on tomorrow."
