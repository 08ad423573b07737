"""What holds of sessions. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta

from shared.errors import Conflict, FieldError, Unauthenticated

ACCESS_LIFETIME = timedelta(minutes=60)
SESSION_LIFETIME = timedelta(hours=12)
LAST_USE_STEP = timedelta(minutes=1)  # how exactly the last use of a session is known
PASSKEY = "passkey"
FACTORS_WANTED = 2
VERIFICATIONS_MIN, VERIFICATIONS_MAX = 2, 5  # argon2 hashes that one request costs


class BadCredentials(Unauthenticated):
    """Address or password is wrong; the answer does not tell which. The failure is counted."""

    code = "bad_credentials"
    detail = "The e-mail address or the password is wrong."
    keeps_changes = True


class SessionUnknown(Unauthenticated):
    """The token is unknown, or its session has ended."""

    code = "session_unknown"
    detail = "You are signed out. Sign in again."


class RefreshReused(Unauthenticated):
    """A refresh token came back after it had been exchanged: it was stolen, or its successor was. The session ends."""

    code = "refresh_reused"
    detail = "This refresh token was used before, so the session was ended. Sign in again."
    keeps_changes = True


class ChooseOrganization(Conflict):
    """The same address and password fit in several organizations: in `errors` their names and ids."""

    code = "choose_organization"
    detail = "You belong to several organizations. Repeat with organization_id."
    keeps_changes = True  # somebody knows the password: that is on record


class SecondFactorRequired(Unauthenticated):
    """The password is right; the account has a second factor, and none was given."""

    code = "second_factor_required"
    detail = "Give one of what `errors` names, or sign in with a passkey."
    keeps_changes = True  # somebody knows the password: that is on record


class BadSecondFactor(Unauthenticated):
    """The password is right, the code is wrong, used or out of date. The failure is counted."""

    code = "bad_second_factor"
    detail = "This code is wrong or was used already."
    keeps_changes = True


def second_factor_required(accepted: Iterable[str]) -> SecondFactorRequired:
    """The refusal that names the fields of which one is wanted; only somebody who knew the password gets to see it."""
    return SecondFactorRequired(errors=[FieldError(field, "wanted", "One of these is needed.") for field in accepted])


def is_strong(factors: Collection[str]) -> bool:
    """Whether two factors stand behind a sign-in: two that were given, or a passkey, which is two in one."""
    return PASSKEY in factors or len(factors) >= FACTORS_WANTED
