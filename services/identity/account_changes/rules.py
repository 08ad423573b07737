"""What holds of resets. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from shared.errors import Invalid, TooMany

RESET: Final = "password_reset"
EMAIL_CHANGE: Final = "email_change"
LIFETIME: Final = {RESET: timedelta(minutes=30), EMAIL_CHANGE: timedelta(hours=24)}
RESETS_PER_HOUR_MAX: Final = 3
MOVES_PER_HOUR_MAX: Final = 5


class TokenNotUsable(Invalid):
    """Unknown, used, expired, or for another purpose: the answer does not tell which."""

    code = "token_not_usable"
    detail = "This link has expired or was used already. Ask for a new one."


class TooManyMoves(TooMany):
    """Mail goes to whatever address is typed in: not without end."""

    code = "too_many_moves"
    detail = "You have asked for another address several times. Wait an hour."


class SamePassword(Invalid):
    """The new password is the old one."""

    code = "same_password"
    detail = "This is the password that you have. Take another."
