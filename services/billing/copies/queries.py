"""What the copy of the organization says: its invoice prefix, and what day it is for the practice."""

from __future__ import annotations

from datetime import UTC, date

from services.billing.copies.models import OrganizationCopy
from shared import clock
from shared.actor import Caller
from shared.database.read_your_writes import awaited
from shared.database.session import Session


def organization(session: Session, actor: Caller) -> OrganizationCopy:
    """The actor's organization; raises `NotArrivedYet` (503) while its event is under way. May wait: lock later."""
    return awaited(session, lambda: _organization(session, actor))


def posting_day(session: Session, actor: Caller) -> date:
    """Today on the practice's calendar, to post by. Waits and raises as `organization` does: lock later."""
    return clock.today(organization(session, actor).time_zone)


def practice_today(session: Session, actor: Caller) -> date:
    """Today on the practice's calendar, to show things by; by UTC until its event has arrived."""
    known = _organization(session, actor)
    return clock.today(known.time_zone) if known else clock.now().astimezone(UTC).date()


def _organization(session: Session, actor: Caller) -> OrganizationCopy | None:
    return session.get(OrganizationCopy, actor.organization_id)
