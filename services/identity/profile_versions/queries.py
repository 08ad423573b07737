"""The billing profile that a request asks for."""

from __future__ import annotations

from datetime import date

from services.identity.billing_profiles.models import BillingProfile
from services.identity.billing_profiles.queries import in_force
from services.identity.billing_profiles.rules import Subject
from services.identity.organization.queries import practice_today
from shared.database.session import Session


def in_force_on(session: Session, row: Subject, on: date | None) -> BillingProfile:
    """The profile in force on that day, by default today in the practice's time zone. Raises `NotFound`."""
    return in_force(session, row, on or practice_today(session, row.organization_id))
