"""Turning an authenticator app on and off."""

from __future__ import annotations

from typing import Any

from services.identity.authenticator_apps.commands import keep_fresh_secret
from services.identity.authenticator_apps.models import Authenticator
from services.identity.authenticator_apps.queries import step_of
from services.identity.authenticator_apps.rules import provisioning_uri
from services.identity.authenticator_enrolment import rules
from services.identity.login_throttling.commands import AccountKey, LoginThrottle
from services.identity.organization.queries import own_organization
from services.identity.passkeys.queries import has_passkey, passkeys_of
from services.identity.recovery_codes.commands import replace_recovery_codes
from services.identity.second_factors.commands import (
    Proof,
    ensure_may_do_without,
    forget_unneeded_codes,
    notify_owner,
    proven,
    second_factor_of,
    strengthen_session,
)
from services.identity.second_factors.rules import NotOn, WrongCode
from services.identity.sessions.commands import next_cookie
from services.identity.staff.queries import one_member
from shared import audit, clock
from shared.actor import Person
from shared.database.session import Session, set_tenant


def set_up(session: Session, actor: Person, proof: Proof) -> dict[str, Any]:
    """A fresh secret for the app, shown once; in force when confirmed. Raises `AlreadyOn`, what `proven` does."""
    member = proven(session, actor, proof)
    app = session.get(Authenticator, (member.organization_id, member.id), with_for_update=True)
    if app is not None and app.confirmed_at is not None:
        raise rules.AlreadyOn()
    secret = keep_fresh_secret(session, member.organization_id, member.id, app)
    audit.describe(session, object_id=member.id)
    name = own_organization(session, actor).name
    return {"secret": secret, "provisioning_uri": provisioning_uri(secret, member.email, name)}


def confirm(session: Session, actor: Person, code: str) -> dict[str, Any]:
    """Turn the app on with its first code; returns the recovery codes, shown once, and the browser's next token.

    Raises `NotOn` where it was not set up, too long ago, or before a passkey came; `AlreadyOn`, `WrongCode`,
    `TooManyFailures`.
    """
    member = one_member(session, actor, actor.staff_id)
    me = AccountKey(member.organization_id, member.id)
    throttle = LoginThrottle.of(session, member.email, [me])
    throttle.ensure_allowed(me)
    set_tenant(session, member.organization_id)
    app = session.get(Authenticator, me, with_for_update=True)
    if app is not None and app.confirmed_at is not None:
        raise rules.AlreadyOn()
    if app is None or clock.now() - app.created_at > rules.SET_UP_WITHIN or _passkey_came_since(session, app):
        raise NotOn("Set your authenticator app up first.")
    step = step_of(session, app, code)
    if step is None:
        throttle.count_failure()
        set_tenant(session, member.organization_id)
        raise WrongCode()
    app.confirmed_at, app.last_step = clock.now(), step
    strengthen_session(session, actor, "totp")
    audit.describe(session, object_id=app.staff_id)
    notify_owner(session, member, rules.APP_ON)
    codes = replace_recovery_codes(session, app.organization_id, app.staff_id)
    return {"recovery_codes": codes, "access_token": next_cookie(session, actor)}


def turn_off(session: Session, actor: Person, proof: Proof) -> str | None:
    """Without the app again; returns the browser's next token, if any.

    Raises `NotOn`, `Mandatory`, what `proven` does.
    """
    member = proven(session, actor, proof)
    second = second_factor_of(session, member.organization_id, member.id)
    if second is None or second.app is None:
        raise NotOn()
    if not has_passkey(session, member.organization_id, member.id):
        ensure_may_do_without(session, actor)
    session.delete(second.app)
    notify_owner(session, member, rules.APP_OFF)
    forget_unneeded_codes(session, member)
    audit.describe(session, object_id=member.id)
    return next_cookie(session, actor)


def _passkey_came_since(session: Session, app: Authenticator) -> bool:
    """Whether there is a passkey that came after an app was set up: setting it up did not ask for that one."""
    passkeys = passkeys_of(session, app.organization_id, app.staff_id)
    return any(passkey.created_at > app.created_at for passkey in passkeys)
