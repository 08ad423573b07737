"""What holds of invitations. Pure."""

from __future__ import annotations

from datetime import timedelta

from shared.errors import Invalid

LIFETIME = timedelta(hours=72)


class InvitationNotUsable(Invalid):
    """Unknown, used or expired: the answer does not tell which."""

    code = "invitation_not_usable"
    detail = "This invitation can not be used (any more). Ask for a new one."
