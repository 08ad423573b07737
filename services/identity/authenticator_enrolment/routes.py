"""The endpoints of authenticator apps."""

from __future__ import annotations

from typing import Any

from services.identity.authenticator_enrolment import commands
from services.identity.authenticator_enrolment.schemas import FirstCodesSchema, TotpCode, TotpSecretSchema
from services.identity.second_factors.commands import Proof
from services.identity.second_factors.schemas import ProofSchema
from services.identity.sessions.schemas import NextCookieSchema
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route


def post_totp(session: Session, actor: Person, body: Proof) -> dict[str, Any]:
    """Set an authenticator app up

    Answers a secret for the app, shown only once. It takes effect with the first code (`POST
    /me/totp/confirm`).
    """
    return commands.set_up(session, actor, body)


def post_totp_confirmation(session: Session, actor: Person, body: dict[str, Any]) -> dict[str, Any]:
    """Turn the authenticator app on with its first code

    Turns the app on and answers ten recovery codes, shown only once. A browser that asks gets a new token.
    """
    return commands.confirm(session, actor, body["code"])


def post_totp_removal(session: Session, actor: Person, body: Proof) -> dict[str, Any]:
    """Turn the authenticator app off

    Needs the password and a second factor. Refused where the organization requires a second factor and no other
    is left. A browser that asks gets a new token.
    """
    return {"access_token": commands.turn_off(session, actor, body)}


_MINE = "second_factors:manage"
ROUTES = (
    Route(
        "POST",
        "/api/v1/me/totp",
        _MINE,
        post_totp,
        body=ProofSchema,
        response=TotpSecretSchema,
        example={"password": "{password}"},
    ),
    Route(
        "POST",
        "/api/v1/me/totp/confirm",
        _MINE,
        post_totp_confirmation,
        body=TotpCode,
        response=FirstCodesSchema,
        keyed=False,
        example={"code": "123456"},
    ),
    Route(
        "POST",
        "/api/v1/me/totp/remove",
        _MINE,
        post_totp_removal,
        body=ProofSchema,
        response=NextCookieSchema,
        keyed=False,
        example={"password": "{password}", "totp_code": "123456"},
    ),
)
