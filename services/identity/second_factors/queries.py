"""Reading which second factors somebody has."""

from __future__ import annotations

import hashlib
from typing import Any

from services.identity.authenticator_apps.queries import confirmed_app
from services.identity.organization.queries import own_organization
from services.identity.passkeys.queries import passkeys_of
from services.identity.recovery_codes.queries import recovery_codes_left
from services.identity.staff.models import Staff
from shared.actor import Person
from shared.database.session import Session


def state_of(session: Session, actor: Person) -> dict[str, Any]:
    """Which second factors the signed-in person has, and how many recovery codes are left."""
    return {
        "totp": confirmed_app(session, actor.organization_id, actor.staff_id) is not None,
        "passkeys": passkeys_of(session, actor.organization_id, actor.staff_id),
        "recovery_codes_left": recovery_codes_left(session, actor.organization_id, actor.staff_id),
        "required": own_organization(session, actor).requires_second_factor,
    }


def standing(session: Session, member: Staff) -> bytes:
    """What second factors somebody has, as 32 bytes: what was begun without one is not finished beside another."""
    app = confirmed_app(session, member.organization_id, member.id)
    has = [str(passkey.id) for passkey in passkeys_of(session, member.organization_id, member.id)]
    has += [str(app.confirmed_at)] if app is not None else []
    return hashlib.sha256("\n".join(has).encode()).digest()
