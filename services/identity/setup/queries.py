"""Which first steps are done. Every look reads a bounded number of rows."""

from __future__ import annotations

from sqlalchemy import select

from services.identity.organization.queries import settings_of_today
from services.identity.organization.rules import is_filled_in
from services.identity.staff.models import Staff
from shared.actor import Person
from shared.database.session import Session
from shared.web.setup import Step, counted


def steps(session: Session, actor: Person) -> list[Step]:
    """The settings, and the staff: how many active members there are."""
    settings = settings_of_today(session, actor)
    active = counted(session, select(Staff.id).where(Staff.organization_id == actor.organization_id, Staff.active))
    return [
        Step("organization_settings", is_filled_in(settings)),
        Step("staff", settings.works_alone or active > 1, active),
    ]
