"""Reading the logo."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from services.identity.billing_profiles.queries import in_force
from services.identity.logos.models import Logo
from services.identity.organization.queries import own_organization
from shared import clock
from shared.actor import Actor
from shared.errors import NotFound


def logo_on(session: Session, actor: Actor, on: date | None) -> Logo:
    """The logo of a day, by default of today; raises `NotFound` where there is none."""
    day = on or clock.today(own_organization(session, actor).time_zone)
    logo_id = in_force(session, actor.organization_id, day).logo_id
    if logo_id is None:
        raise NotFound("There is no logo.")
    return session.get_one(Logo, (actor.organization_id, logo_id))
