"""What setting a rate is refused for."""

from __future__ import annotations

from shared.errors import Conflict


class RateUsed(Conflict):
    """What was issued at a rate keeps it, so the rate stays as well."""

    code = "rate_used"
    detail = "An issued invoice uses this rate. Void it first, or add a rate from another day."
