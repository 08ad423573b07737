"""What holds of resets. Pure."""

from __future__ import annotations

from typing import Final

from shared.errors import Conflict, Invalid, TooMany

CONFIRMATIONS_PER_HOUR_MAX: Final = 3
RESETS_PER_HOUR_MAX: Final = 3
MOVES_PER_HOUR_MAX: Final = 5


class TooManyMoves(TooMany):
    """Mail goes to whatever address is typed in: not without end."""

    code = "too_many_moves"
    detail = "You have asked for another address several times. Wait an hour."


class NothingToConfirm(Conflict):
    """The practice is confirmed, or somebody else is its founder."""

    code = "nothing_to_confirm"
    detail = "Your address needs no confirmation."


class TooManyConfirmations(TooMany):
    """Each request is a message to an address that may be a stranger's."""

    code = "too_many_confirmations"
    detail = "The link was mailed to you several times. Look into your mailbox, or wait an hour."


class SamePassword(Invalid):
    """The new password is the old one."""

    code = "same_password"
    detail = "This is the password that you have. Take another."
