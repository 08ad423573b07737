"""Reading the logo."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from services.identity.billing_profiles.queries import in_force_on
from services.identity.logos.models import Logo
from services.identity.organization.queries import own_organization
from shared.actor import Actor
from shared.errors import NotFound


def logo_on(session: Session, actor: Actor, on: date | None) -> Logo:
    """The logo of a day, by default of today; raises `NotFound` where there is none."""
    logo_id = in_force_on(session, own_organization(session, actor), on).logo_id
    if logo_id is None:
        raise NotFound("There is no logo.")
    return session.get_one(Logo, (actor.organization_id, logo_id))
