"""What holds of cancellation policies. Pure."""

from __future__ import annotations

from shared.errors import Conflict


class EffectiveTooEarly(Conflict):
    """A version may not take effect before the one before it."""

    code = "effective_too_early"
    detail = "Let it take effect on or after the day of the version before it."
