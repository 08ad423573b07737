"""What holds of setting an authenticator app up. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from shared.errors import Conflict

SET_UP_WITHIN: Final = timedelta(minutes=10)  # a secret that was shown longer ago is shown anew
# What the owner of an account is told by mail.
APP_ON: Final = "An authenticator app was set up for your account"
APP_OFF: Final = "The authenticator app of your account was turned off"


class AlreadyOn(Conflict):
    """The authenticator app is set up already."""

    code = "second_factor_on"
    detail = "Your second factor is on already. Turn it off first."
