"""The endpoints of second factors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.identity.second_factors import commands
from services.identity.second_factors.schemas import (
    PasswordAgain,
    RecoveryCodesSchema,
    SecondFactorsSchema,
    TotpCode,
    TotpSecretSchema,
    TurnOff,
)
from shared.actor import Actor
from shared.web.routes import Answer, Route


def get_second_factors(session: Session, actor: Actor) -> dict[str, Any]:
    """Which second factors are set up"""
    return commands.state_of(session, actor)


def post_totp(session: Session, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Set an authenticator app up"""
    return commands.set_up(session, actor, body["password"])


def post_totp_confirmation(session: Session, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Turn the authenticator app on with its first code"""
    return {"recovery_codes": commands.confirm(session, actor, body["code"])}


def post_totp_removal(session: Session, actor: Actor, body: dict[str, Any]) -> Answer:
    """Turn the authenticator app off"""
    commands.turn_off(session, actor, **body)
    return Answer(None, status=204)


def post_recovery_codes(session: Session, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Get new recovery codes in place of the old ones"""
    return {"recovery_codes": commands.renew_recovery_codes(session, actor, body["password"])}


def delete_member_second_factors(session: Session, actor: Actor, staff_id: UUID) -> Answer:
    """Take the lost second factor of a member of staff away"""
    commands.reset_for(session, actor, staff_id)
    return Answer(None, status=204)


_MINE = "second_factors:manage"
ROUTES = (
    Route("GET", "/api/v1/me/second-factors", _MINE, get_second_factors, answer=SecondFactorsSchema),
    Route("POST", "/api/v1/me/totp", _MINE, post_totp, body=PasswordAgain, answer=TotpSecretSchema, status=201),
    Route("POST", "/api/v1/me/totp/confirm", _MINE, post_totp_confirmation, body=TotpCode, answer=RecoveryCodesSchema),
    Route("POST", "/api/v1/me/totp/remove", _MINE, post_totp_removal, body=TurnOff, status=204),
    Route(
        "POST",
        "/api/v1/me/recovery-codes",
        _MINE,
        post_recovery_codes,
        body=PasswordAgain,
        answer=RecoveryCodesSchema,
        status=201,
    ),
    Route(
        "DELETE",
        "/api/v1/staff/{staff_id}/second-factors",
        "staff:update",
        delete_member_second_factors,
        status=204,
    ),
)
