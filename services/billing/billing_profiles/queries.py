"""The billing profile in force on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import func, select, tuple_

from services.billing.billing_profiles.models import BillingProfileCopy
from services.billing.billing_profiles.rules import Subject
from shared.actor import Actor
from shared.database.read_your_writes import wait_until_true
from shared.database.session import Session


def await_profiles(session: Session, actor: Actor, subjects: Collection[Subject]) -> None:
    """Wait about a second until every version of each subject's profile has arrived. Call before taking locks.

    Versions are numbered without gaps, so a gap is an event under way. A subject without any version is given up.
    """
    complete = (
        select(BillingProfileCopy.subject_id)
        .where(
            BillingProfileCopy.organization_id == actor.organization_id,
            tuple_(BillingProfileCopy.subject, BillingProfileCopy.subject_id).in_(list(subjects)),
        )
        .group_by(BillingProfileCopy.subject, BillingProfileCopy.subject_id)
        .having(func.count() == func.max(BillingProfileCopy.version))
    )
    wait_until_true(session, lambda: len(session.scalars(complete).all()) == len(subjects))


def profile_in_force(session: Session, actor: Actor, subject: Subject | None, on: date) -> dict[str, Any] | None:
    """What a subject's profile in force on `on` prints; None without a subject or a profile.

    In force is the latest `effective_from` on or before `on`; of several with one day, the highest version.
    """
    if subject is None:
        return None
    kind, subject_id = subject
    return session.scalar(
        select(BillingProfileCopy.printed)
        .where(
            BillingProfileCopy.organization_id == actor.organization_id,
            BillingProfileCopy.subject == kind,
            BillingProfileCopy.subject_id == subject_id,
            BillingProfileCopy.effective_from <= on,
        )
        .order_by(BillingProfileCopy.effective_from.desc(), BillingProfileCopy.version.desc())
        .limit(1)
    )
