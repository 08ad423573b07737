"""Keeping the versions of billing profiles."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from services.billing.billing_profiles.models import BillingProfileCopy
from services.billing.billing_profiles.rules import Subject
from shared.database.session import Session


def keep_billing_profile(
    session: Session,
    organization_id: UUID,
    subject: Subject,
    version: int,
    effective_from: date,
    printed: dict[str, Any],
) -> None:
    """Keep a version of a subject's profile, in force from `effective_from` on; a version that is there stays."""
    kind, subject_id = subject
    row = {"organization_id": organization_id, "subject": kind, "subject_id": subject_id, "version": version}
    statement = insert(BillingProfileCopy).values(**row, effective_from=effective_from, printed=printed)
    session.execute(statement.on_conflict_do_nothing())
