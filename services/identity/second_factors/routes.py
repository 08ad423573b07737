"""The endpoints of second factors, whichever they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.identity.second_factors import commands, queries
from services.identity.second_factors.commands import Proof
from services.identity.second_factors.schemas import ProofSchema, RecoveryCodesSchema, SecondFactorsSchema
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import ResponseWith, Route
from shared.web.tags import STAFF


def get_second_factors(session: Session, actor: Person) -> dict[str, Any]:
    """Which second factors are set up

    Shows the authenticator app, the passkeys, and how many recovery codes are left.
    """
    return queries.state_of(session, actor)


def post_recovery_codes(session: Session, actor: Person, body: Proof) -> dict[str, Any]:
    """Get new recovery codes in place of the old ones

    Answers ten codes, shown only once. The old ones stop working.
    """
    return {"recovery_codes": commands.renew_recovery_codes(session, actor, body)}


def delete_member_second_factors(session: Session, actor: Person, staff_id: UUID) -> ResponseWith:
    """Take the lost second factor of a member of staff away

    Removes the authenticator app, the passkeys and the recovery codes of somebody who lost them, and mails them
    about it.
    """
    commands.reset_for(session, actor, staff_id)
    return ResponseWith(None, status=204)


_MINE = "second_factors:manage"
ROUTES = (
    Route("GET", "/api/v1/me/second-factors", _MINE, get_second_factors, response=SecondFactorsSchema),
    Route(
        "POST",
        "/api/v1/me/recovery-codes",
        _MINE,
        post_recovery_codes,
        body=ProofSchema,
        response=RecoveryCodesSchema,
        example={"password": "{password}"},
    ),
    Route(
        "DELETE",
        "/api/v1/staff/{staff_id}/second-factors",
        "organization:secure",
        delete_member_second_factors,
        status=204,
        tag=STAFF,
    ),
)
