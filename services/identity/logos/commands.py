"""Changing the logo: from today on."""

from __future__ import annotations

import io
from uuid import UUID

from services.identity.billing_profiles.commands import ProfileChanges, record_from
from services.identity.billing_profiles.models import BillingProfile
from services.identity.billing_profiles.rules import LOGO
from services.identity.config import files
from services.identity.logos.models import Logo
from services.identity.logos.queries import ensure_not_too_many
from services.identity.logos.rules import LOGO_FILE, Picture
from services.identity.organization.queries import own_organization
from shared import audit, clock
from shared.actor import Caller, Person
from shared.database.session import Database, Session
from shared.files.keeping import Arrived, bring, keep
from shared.ids import new_id


def bring_picture(database: Database, actor: Caller, picture: Picture) -> Arrived:
    """Put a picture into the store of files. Raises `Unavailable` where the store is away."""
    return bring(database, files(database), actor.organization_id, LOGO_FILE, io.BytesIO(picture.content))


def change_logo(session: Session, actor: Person, file: Arrived) -> BillingProfile:
    """Another logo from today on; existing documents keep theirs. Raises `TooMany`."""
    ensure_not_too_many(session, actor)
    keep(session, actor.organization_id, file)
    logo = Logo(
        organization_id=actor.organization_id,
        id=new_id(),
        media_type=file.media_type,
        file_id=file.id,
        uploaded_by=actor.staff_id,
        uploaded_at=clock.now(),
    )
    session.add(logo)
    session.flush()
    audit.describe(session, object_id=logo.id, bytes=file.byte_count)
    return _from_today(session, actor, logo.id)


def remove_logo(session: Session, actor: Person) -> BillingProfile:
    """No logo from today on."""
    return _from_today(session, actor, None)


def _from_today(session: Session, actor: Person, logo_id: UUID | None) -> BillingProfile:
    practice = own_organization(session, actor, for_update=True)
    return record_from(session, actor, practice, ProfileChanges(clock.today(practice.time_zone), {LOGO: logo_id}))
