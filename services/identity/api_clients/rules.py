"""What holds of API clients. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from services.identity.staff.rules import MoreThanOwn
from shared import permissions
from shared.errors import Conflict, FieldError, Invalid, Unauthenticated

TOKEN_LIFETIME: Final = timedelta(minutes=15)
LIFETIME_MAX: Final = timedelta(days=366)
OVERLAP_HOURS_MAX: Final = 72
CLIENTS_MAX: Final = 50
TOKENS_MAX: Final = 20  # that live at a time; the oldest makes room


class WrongSecret(Unauthenticated):
    """Unknown, revoked, expired or wrong: the answer does not tell which."""

    code = "bad_client_credentials"
    detail = "The client id or its secret is wrong, or out of date."
    keeps_changes = True


class Revoked(Conflict):
    """What was revoked does not come back: make a new one."""

    code = "api_client_revoked"
    detail = "This API client was revoked. Make a new one."


class TooManyClients(Conflict):
    """Each is one more secret that can get lost."""

    code = "too_many_api_clients"
    detail = f"There are {CLIENTS_MAX} API clients already. Revoke one that is not used."


def ensure_scope(wanted: Iterable[str], held: Iterable[str]) -> None:
    """Raises `Invalid` for what no program may ever do, `MoreThanOwn` for what the giver does not hold."""
    wanted = frozenset(wanted)
    if never := wanted - permissions.API_PERMISSIONS:
        raise Invalid(
            errors=[
                FieldError("permissions", "not_for_programs", f"{permission}: not for programs.", permission)
                for permission in sorted(never)
            ]
        )
    if wanted - frozenset(held):
        raise MoreThanOwn()


def ensure_lifetime(expires_at: datetime, now: datetime) -> None:
    """Raises `Invalid` unless it ends in the future, and within a year."""
    if not now < expires_at <= now + LIFETIME_MAX:
        raise Invalid.field("expires_at", "lifetime", "Give a time within the next 366 days.")
