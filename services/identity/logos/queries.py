"""Reading the logo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import func, select

from services.identity.config import files
from services.identity.logos.models import Logo
from services.identity.logos.rules import PER_DAY_MAX
from services.identity.organization.queries import own_organization
from services.identity.profile_versions.queries import in_force_on
from shared import clock
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.errors import NotFound, TooMany
from shared.files.keeping import read


def logo_on(session: Session, actor: Caller, on: date | None) -> Logo:
    """The logo of a day, by default of today; raises `NotFound` where there is none."""
    logo_id = in_force_on(session, own_organization(session, actor), on).logo_id
    if logo_id is None:
        raise NotFound("There is no logo.")
    return session.get_one(Logo, (actor.organization_id, logo_id))


def content_of(session: Session, logo: Logo) -> Iterator[bytes]:
    """The picture in pieces. Raises `Unavailable` where the store of files is away."""
    if logo.file_id is None:
        return iter((logo.content,))
    return read(session, files(session), logo.organization_id, logo.file_id)


def ensure_not_too_many(session: Session, actor: Person) -> None:
    """Raises `TooMany` after a day's worth: each is kept for good."""
    lately = select(func.count()).where(
        Logo.organization_id == actor.organization_id, Logo.uploaded_at > clock.now() - timedelta(days=1)
    )
    if (session.scalar(lately) or 0) >= PER_DAY_MAX:
        raise TooMany(f"At most {PER_DAY_MAX} logos a day.", retry_after_seconds=3600)
