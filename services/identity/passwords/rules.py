"""What holds of resets. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from shared.errors import Invalid

RESET: Final = "password_reset"
EMAIL_CHANGE: Final = "email_change"
LIFETIME: Final = {RESET: timedelta(minutes=30), EMAIL_CHANGE: timedelta(hours=24)}
RESETS_PER_HOUR_MAX: Final = 3


class TokenNotUsable(Invalid):
    """Unknown, used, expired, or for another purpose: the answer does not tell which."""

    code = "token_not_usable"
    detail = "This link can not be used (any more). Ask for a new one."


class WrongPassword(Invalid):
    """The present password is wrong. Counted like a failed sign-in."""

    code = "wrong_password"
    detail = "The present password is wrong."
    keeps_changes = True


class SamePassword(Invalid):
    """The new password is the old one."""

    code = "same_password"
    detail = "This is the password that you have. Take another."
