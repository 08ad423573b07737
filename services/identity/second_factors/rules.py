"""What holds of second factors, whichever they are. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from shared.errors import Conflict, Forbidden, Invalid

NOTICE_USEFUL: Final = timedelta(days=2)
# What the owner of an account is told by mail.
CODES_RENEWED: Final = "New recovery codes were made for your account"
TAKEN_AWAY: Final = "An administrator took the second factor of your account away"


class NotOn(Conflict):
    """There is no second factor."""

    code = "second_factor_off"
    detail = "You have no second factor."


class Mandatory(Conflict):
    """The organization wants everybody to have one."""

    code = "second_factor_mandatory"
    detail = "Your organization wants everybody to have a second factor."


class WrongCode(Invalid):
    """The code is not the app's present one, or was used before. Counted like a failed sign-in where it is a proof."""

    code = "wrong_code"
    detail = "This is not the present code of your app."
    keeps_changes = True


class WrongPassword(Invalid):
    """Such a change needs the password once more, and it is wrong. Counted like a failed sign-in."""

    code = "wrong_password"
    detail = "The password is wrong."
    keeps_changes = True


class ProofWanted(Invalid):
    """Somebody who has a second factor shows it, too."""

    code = "second_factor_required"
    detail = "Give a code of your app (totp_code), a recovery code, or the answer of a passkey (credential), too."
    keeps_changes = True


class OwnSecondFactor(Forbidden):
    """An administrator takes others' lost second factors away; one's own needs proof."""

    code = "own_second_factor"
    detail = "Remove your own second factor under /me, with a code."
