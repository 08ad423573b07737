"""Which code of an authenticator app is the right one. Pure. Source: RFC 6238."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

import pyotp

from shared.texts import whole_number

ISSUER: Final = "Caseload"
STEP_SECONDS: Final = 30
DRIFT_STEPS: Final = 1  # a clock half a minute off is still right


def accepted_step(secret: str, code: str, last_step: int | None, now: datetime) -> int | None:
    """The time step that `code` belongs to, if it is a present one and later than the last accepted; else None.

    So each code works once (RFC 6238, 5.2).
    """
    if len(code) != 6 or whole_number(code) is None:
        return None
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if (last_step is None or step > last_step) and secrets.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def provisioning_uri(secret: str, email: str, organization: str) -> str:
    """What the authenticator app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=f"{ISSUER} ({organization})")
