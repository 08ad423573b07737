"""The endpoints of second factors."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.identity.passkeys.models import Passkey
from services.identity.passkeys.schemas import (
    MadePasskeySchema,
    NewPasskey,
    OptionsSchema,
    PasskeyPatch,
    PasskeySchema,
)
from services.identity.second_factors import commands
from services.identity.second_factors.commands import Proof
from services.identity.second_factors.schemas import (
    ProofSchema,
    RecoveryCodesSchema,
    SecondFactorsSchema,
    TotpCode,
    TotpSecretSchema,
)
from shared.actor import Actor
from shared.database.session import Session
from shared.web.routes import Answer, Route


def get_second_factors(session: Session, actor: Actor) -> dict[str, Any]:
    """Which second factors are set up"""
    return commands.state_of(session, actor)


def post_totp(session: Session, actor: Actor, body: Proof) -> dict[str, Any]:
    """Set an authenticator app up"""
    return commands.set_up(session, actor, body)


def post_totp_confirmation(session: Session, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Turn the authenticator app on with its first code"""
    return {"recovery_codes": commands.confirm(session, actor, body["code"])}


def post_totp_removal(session: Session, actor: Actor, body: Proof) -> Answer:
    """Turn the authenticator app off"""
    commands.turn_off(session, actor, body)
    return Answer(None, status=204)


def post_recovery_codes(session: Session, actor: Actor, body: Proof) -> dict[str, Any]:
    """Get new recovery codes in place of the old ones"""
    return {"recovery_codes": commands.renew_recovery_codes(session, actor, body)}


def post_passkey_options(session: Session, actor: Actor, body: Proof) -> dict[str, Any]:
    """Begin to add a passkey"""
    return commands.offer_passkey(session, actor, body)


def post_passkey(session: Session, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Add the passkey that the browser has made"""
    return commands.add_passkey(session, actor, **body)


def patch_passkey(session: Session, actor: Actor, passkey_id: UUID, body: dict[str, Any]) -> Passkey:
    """Give a passkey another name"""
    return commands.rename_passkey(session, actor, passkey_id, body["name"])


def post_passkey_removal(session: Session, actor: Actor, passkey_id: UUID, body: Proof) -> Answer:
    """Remove a passkey"""
    commands.remove_passkey(session, actor, passkey_id, body)
    return Answer(None, status=204)


def delete_member_second_factors(session: Session, actor: Actor, staff_id: UUID) -> Answer:
    """Take the lost second factor of a member of staff away"""
    commands.reset_for(session, actor, staff_id)
    return Answer(None, status=204)


_MINE = "second_factors:manage"
ROUTES = (
    Route("GET", "/api/v1/me/second-factors", _MINE, get_second_factors, answer=SecondFactorsSchema),
    Route("POST", "/api/v1/me/totp", _MINE, post_totp, body=ProofSchema, answer=TotpSecretSchema, status=201),
    Route("POST", "/api/v1/me/totp/confirm", _MINE, post_totp_confirmation, body=TotpCode, answer=RecoveryCodesSchema),
    Route("POST", "/api/v1/me/totp/remove", _MINE, post_totp_removal, body=ProofSchema, status=204),
    Route(
        "POST",
        "/api/v1/me/recovery-codes",
        _MINE,
        post_recovery_codes,
        body=ProofSchema,
        answer=RecoveryCodesSchema,
        status=201,
    ),
    Route(
        "POST",
        "/api/v1/me/passkeys/options",
        _MINE,
        post_passkey_options,
        body=ProofSchema,
        answer=OptionsSchema,
    ),
    Route("POST", "/api/v1/me/passkeys", _MINE, post_passkey, body=NewPasskey, answer=MadePasskeySchema, status=201),
    Route("PATCH", "/api/v1/me/passkeys/{passkey_id}", _MINE, patch_passkey, body=PasskeyPatch, answer=PasskeySchema),
    Route(
        "POST",
        "/api/v1/me/passkeys/{passkey_id}/remove",
        _MINE,
        post_passkey_removal,
        body=ProofSchema,
        status=204,
    ),
    Route(
        "DELETE",
        "/api/v1/staff/{staff_id}/second-factors",
        "organization:secure",
        delete_member_second_factors,
        status=204,
    ),
)
