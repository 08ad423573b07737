"""Which profile is in force on a day, and what rows show of it today.

The organization, a location or a member of staff is named by its row: a caller that has the row may know of it.
The caller says which day today is for the practice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm.attributes import set_committed_value

from services.identity.billing_profiles import rules
from services.identity.billing_profiles.models import BillingProfile
from services.identity.billing_profiles.rules import Subject
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate


def in_force(session: Session, row: Subject, on: date) -> BillingProfile:
    """The billing profile in force on `on`: the latest `effective_from` up to that day, the higher version of two.

    Rows written by the previous release have no profile: then the row's own values apply on every day. Raises
    `NotFound` for a day before the first profile.
    """
    statement = (
        select(BillingProfile)
        .where(*_of(row), BillingProfile.effective_from <= on)
        .order_by(BillingProfile.effective_from.desc(), BillingProfile.version.desc())
        .limit(1)
    )
    profile = session.scalars(statement).first()
    if profile is not None:
        return profile
    if on < rules.SINCE_EVER or latest_version(session, row):
        raise NotFound("Nothing is printed of it on that day.")
    return first_of(row)


def first_of(row: Subject) -> BillingProfile:
    """The first version of a row, as the row says; not recorded."""
    kind = row.PROFILE_KIND
    return BillingProfile(
        organization_id=row.organization_id,
        subject=kind,
        subject_id=row.id,
        version=1,
        effective_from=rules.SINCE_EVER,
        printed=rules.printed(kind, {field: getattr(row, field) for field in rules.PROFILE_FIELDS[kind]}),
        recorded_at=row.created_at,
    )


def latest_version(session: Session, row: Subject) -> int:
    """How many versions there are."""
    statement = select(BillingProfile.version).where(*_of(row)).order_by(BillingProfile.version.desc()).limit(1)
    return session.scalars(statement).first() or 0


def all_versions(session: Session, row: Subject, limit: int, cursor: str | None) -> dict[str, Any]:
    """One page of versions, coming ones included, last recorded first."""
    statement = select(BillingProfile).where(*_of(row))
    return paginate(session, statement, [BillingProfile.version], limit=limit, cursor=cursor, descending=True)


def shown_today(session: Session, rows: Sequence[Subject], today: date) -> dict[UUID, dict[str, Any]]:
    """What rows of one kind show as of today, by their ids: one query however many there are.

    A row of which nothing has been recorded is not among them.
    """
    if not rows:
        return {}
    kind = rows[0].PROFILE_KIND
    statement = (
        select(BillingProfile.subject_id, BillingProfile.printed)
        .ext(distinct_on(BillingProfile.subject_id))
        .where(
            BillingProfile.organization_id == rows[0].organization_id,
            BillingProfile.subject == kind,
            BillingProfile.subject_id.in_([row.id for row in rows]),
            BillingProfile.effective_from <= today,
        )
        .order_by(BillingProfile.subject_id, BillingProfile.effective_from.desc(), BillingProfile.version.desc())
    )
    return {subject_id: rules.shown(kind, printed) for subject_id, printed in session.execute(statement)}


def show_today(session: Session, rows: Sequence[Subject], today: date) -> None:
    """Have rows show what is printed as of today: a version that was recorded ahead takes effect by itself.

    For reading: their columns stay as they are.
    """
    shown = shown_today(session, rows, today)
    for row in rows:
        for field, value in shown.get(row.id, {}).items():
            set_committed_value(row, field, value)


def _of(row: Subject) -> tuple[ColumnElement[bool], ...]:
    return (
        BillingProfile.organization_id == row.organization_id,
        BillingProfile.subject == row.PROFILE_KIND,
        BillingProfile.subject_id == row.id,
    )
