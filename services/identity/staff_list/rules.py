"""How somebody's licences stand. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, Protocol

SOON: Final = timedelta(days=60)
LICENCE_STATES: Final = {
    "none": "no licence is on record",
    "in_force": "one is in force",
    "expires_soon": f"the one that runs longest of those in force expires within {SOON.days} days",
    "not_yet": "none is in force, and one begins later",
    "expired": "all have expired",
}


class Period(Protocol):
    """A licence: in force from `issued_on` (None: from the beginning) through `expires_on`."""

    issued_on: date | None
    expires_on: date


def licence_state(licences: Iterable[Period], today: date) -> str:
    """One of `LICENCE_STATES`."""
    periods = list(licences)
    if not periods:
        return "none"
    begun = [period for period in periods if period.issued_on is None or period.issued_on <= today]
    last_day = max((period.expires_on for period in begun), default=date.min)
    if last_day >= today:
        return "expires_soon" if last_day - today <= SOON else "in_force"
    return "not_yet" if len(begun) < len(periods) else "expired"
