"""The billing profile in force on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select, tuple_, union_all

from services.billing.billing_profiles.models import BillingProfileCopy
from services.billing.billing_profiles.rules import Subject
from shared.actor import Actor, Caller
from shared.database.read_your_writes import wait_until_true
from shared.database.session import Session


def await_profiles(session: Session, actor: Caller, subjects: Collection[Subject]) -> None:
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


def profiles_in_force(
    session: Session, actor: Actor, wanted: Collection[tuple[Subject, date]]
) -> dict[tuple[Subject, date], dict[str, Any]]:
    """What the profile of each subject in force on a day prints, in one query; a subject without one is absent.

    In force is the latest `effective_from` on or before the day; of several with one day, the highest version.
    """
    keys = list(dict.fromkeys(wanted))
    if not keys:
        return {}
    each = [_in_force(actor, subject, on, literal_column(str(n))) for n, (subject, on) in enumerate(keys)]
    return {keys[n]: printed for n, printed in session.execute(union_all(*each))}


def _in_force(actor: Actor, subject: Subject, on: date, n: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    kind, subject_id = subject
    return (
        select(n, BillingProfileCopy.printed)
        .where(
            BillingProfileCopy.organization_id == actor.organization_id,
            BillingProfileCopy.subject == kind,
            BillingProfileCopy.subject_id == subject_id,
            BillingProfileCopy.effective_from <= on,
        )
        .order_by(BillingProfileCopy.effective_from.desc(), BillingProfileCopy.version.desc())
        .limit(1)
    )
