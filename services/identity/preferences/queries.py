"""Reading one's own preferences."""

from __future__ import annotations

from typing import Any

from services.identity.preferences.rules import whole
from services.identity.staff.models import Staff


def preferences_of(member: Staff) -> dict[str, Any]:
    """All preferences of a member, with the usual where they have chosen nothing."""
    return whole(member.preferences, member.levels)
