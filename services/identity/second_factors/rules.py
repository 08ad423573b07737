"""What holds of second factors. Pure."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

import pyotp

from shared.errors import Conflict, Forbidden, Invalid

SET_UP_WITHIN: Final = timedelta(minutes=10)  # a secret that was shown longer ago is shown anew
NOTICE_USEFUL: Final = timedelta(days=2)
# What the owner of an account is told by mail.
APP_ON: Final = "An authenticator app was set up for your account"
APP_OFF: Final = "The authenticator app of your account was turned off"
CODES_RENEWED: Final = "New recovery codes were made for your account"
PASSKEY_ADDED: Final = "A passkey was added to your account"
PASSKEY_REMOVED: Final = "A passkey was removed from your account"
TAKEN_AWAY: Final = "An administrator took the second factor of your account away"
ISSUER: Final = "Caseload"
STEP_SECONDS: Final = 30
DRIFT_STEPS: Final = 1  # a clock half a minute off is still right
RECOVERY_CODES: Final = 10
_ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"  # nothing that looks like something else


class AlreadyOn(Conflict):
    """The authenticator app is set up already."""

    code = "second_factor_on"
    detail = "Your second factor is on already. Turn it off first."


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
    """Whoever has a second factor shows it, too."""

    code = "second_factor_required"
    detail = "Give a code of your app (totp_code), a recovery code, or the answer of a passkey (credential), too."
    keeps_changes = True


class OwnSecondFactor(Forbidden):
    """An administrator takes others' lost second factors away; one's own needs proof."""

    code = "own_second_factor"
    detail = "Remove your own second factor under /me, with a code."


def accepted_step(secret: str, code: str, last_step: int | None, now: datetime) -> int | None:
    """The time step that `code` belongs to, if it is a present one and later than the last accepted; else None.

    So each code works once (RFC 6238, 5.2).
    """
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if (last_step is None or step > last_step) and secrets.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def provisioning_uri(secret: str, email: str, organization: str) -> str:
    """What the authenticator app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=f"{ISSUER} ({organization})")


def fresh_recovery_codes() -> list[str]:
    """Ten codes of fifty bits, written as five and five."""
    return [f"{_letters(5)}-{_letters(5)}" for _ in range(RECOVERY_CODES)]


def normalised_recovery_code(code: str) -> str:
    """As it was given out, however it was typed."""
    letters = "".join(letter for letter in code.lower() if letter.isalnum())
    return f"{letters[:5]}-{letters[5:]}"


def _letters(count: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(count))
