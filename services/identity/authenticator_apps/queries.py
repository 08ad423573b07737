"""Reading authenticator apps and their sealed secrets."""

from __future__ import annotations

from uuid import UUID

from services.identity.authenticator_apps.models import Authenticator
from services.identity.authenticator_apps.rules import accepted_step
from services.identity.config import sealer
from shared import clock
from shared.database.session import Session


def confirmed_app(
    session: Session, organization_id: UUID, staff_id: UUID, *, for_update: bool = False
) -> Authenticator | None:
    """A member's authenticator app, None where none is turned on; locked when `for_update`."""
    app = session.get(Authenticator, (organization_id, staff_id), with_for_update=for_update or None)
    return app if app is not None and app.confirmed_at is not None else None


def step_of(session: Session, app: Authenticator, code: str) -> int | None:
    """The time step of a code that the app shows now and that was not accepted before; else None."""
    sealed, context = app.sealed_secret, sealing_context(app.organization_id, app.staff_id)
    secret = sealer(session).open(sealed, context).decode()
    return accepted_step(secret, code, app.last_step, clock.now())


def sealing_context(organization_id: UUID, staff_id: UUID) -> bytes:
    """To what a secret is bound where it is sealed: in another member's row it does not open."""
    return organization_id.bytes + staff_id.bytes
