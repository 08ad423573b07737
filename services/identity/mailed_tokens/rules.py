"""What holds of tokens that go out by mail. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from shared.errors import Conflict, Invalid

RESET: Final = "password_reset"
EMAIL_CHANGE: Final = "email_change"
CONFIRMATION: Final = "organization_confirmation"
# The page of the web app that a link leads to.
PATHS: Final = {RESET: "/password-reset", EMAIL_CHANGE: "/email-change", CONFIRMATION: "/confirm"}
LIFETIME: Final = {
    RESET: timedelta(minutes=30),
    EMAIL_CHANGE: timedelta(hours=24),
    CONFIRMATION: timedelta(hours=24),
}


class TokenNotUsable(Invalid):
    """Unknown, used, expired, or for another purpose: the answer does not tell which."""

    code = "token_not_usable"
    detail = "This link has expired or was used already. Ask for a new one."


class LinkUsed(Conflict):
    """The founder's address was confirmed with this link, or another way, already."""

    code = "link_used"
    detail = "This link was used already."


class LinkExpired(Conflict):
    """The link to confirm the founder's address is a day old."""

    code = "link_expired"
    detail = "This link has expired. Sign in and ask for a new one."
