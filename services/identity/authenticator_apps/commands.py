"""Keeping the secret of an authenticator app, and using its codes up."""

from __future__ import annotations

from uuid import UUID

import pyotp

from services.identity.authenticator_apps.models import Authenticator
from services.identity.authenticator_apps.queries import sealing_context, step_of
from services.identity.config import sealer
from shared import clock
from shared.database.session import Session


def keep_fresh_secret(session: Session, organization_id: UUID, staff_id: UUID, app: Authenticator | None) -> str:
    """A fresh secret in `app`, or in a new one where there is none yet. Returns the secret in base32."""
    secret = pyotp.random_base32()
    sealed = sealer(session).seal(secret.encode(), sealing_context(organization_id, staff_id))
    if app is None:
        app = Authenticator(organization_id=organization_id, staff_id=staff_id)
        session.add(app)
    app.sealed_secret, app.last_step, app.created_at = sealed, None, clock.now()
    return secret


def use_app_code(session: Session, app: Authenticator, code: str) -> bool:
    """Whether the app shows this code now; it is not taken a second time."""
    step = step_of(session, app, code)
    if step is None:
        return False
    app.last_step = step
    session.flush()
    return True
