"""The endpoints of one's own passkeys."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.identity.passkey_enrolment import commands
from services.identity.passkey_enrolment.commands import MadePasskey, PasskeyChanges
from services.identity.passkey_enrolment.schemas import MadePasskeySchema, NewPasskey, PasskeyPatch
from services.identity.passkeys.models import Passkey
from services.identity.passkeys.queries import own_passkey
from services.identity.passkeys.schemas import OptionsSchema, PasskeySchema
from services.identity.second_factors.commands import Proof
from services.identity.second_factors.schemas import ProofSchema
from services.identity.sessions.schemas import NextCookieSchema
from shared.actor import Person
from shared.database.session import Session
from shared.web.routes import Route


def post_passkey_options(session: Session, actor: Person, body: Proof) -> dict[str, Any]:
    """Begin to add a passkey

    Answers what the browser needs to make a passkey. Needs the password, and a second factor where there is
    one.
    """
    return commands.offer_passkey(session, actor, body)


def post_passkey(session: Session, actor: Person, body: MadePasskey) -> dict[str, Any]:
    """Add the passkey that the browser has made

    Keeps what `navigator.credentials.create` returned. Where it is the first second factor, the answer holds
    ten recovery codes, shown only once. A browser that asks gets a new token.
    """
    return commands.add_passkey(session, actor, body)


def get_passkey(session: Session, actor: Person, passkey_id: UUID) -> Passkey:
    """Read about one of one's own passkeys

    Shows its name and when it was last used. The key itself is never shown.
    """
    return own_passkey(session, actor, passkey_id)


def patch_passkey(session: Session, actor: Person, passkey_id: UUID, body: PasskeyChanges) -> Passkey:
    """Give a passkey another name

    Changes nothing but the name.
    """
    return commands.change_passkey(session, actor, passkey_id, body)


def post_passkey_removal(session: Session, actor: Person, passkey_id: UUID, body: Proof) -> dict[str, Any]:
    """Remove a passkey

    The passkey stops working at once. Refused where the organization requires a second factor and no other is
    left. A browser that asks gets a new token.
    """
    return {"access_token": commands.remove_passkey(session, actor, passkey_id, body)}


_MINE = "second_factors:manage"
ROUTES = (
    Route(
        "POST",
        "/api/v1/me/passkeys/options",
        _MINE,
        post_passkey_options,
        body=ProofSchema,
        response=OptionsSchema,
        example={"password": "{password}"},
    ),
    Route(
        "POST",
        "/api/v1/me/passkeys",
        _MINE,
        post_passkey,
        body=NewPasskey,
        response=MadePasskeySchema,
        status=201,
        keyed=False,
        makes="/api/v1/me/passkeys/{passkey_id}",
        example={
            "name": "Laptop",
            "credential": {
                "id": "q83vEjRWeJA",
                "rawId": "q83vEjRWeJA",
                "type": "public-key",
                "response": {
                    "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0",
                    "attestationObject": "o2NmbXRkbm9uZQ",
                    "transports": ["internal"],
                },
            },
        },
    ),
    Route(
        "GET",
        "/api/v1/me/passkeys/{passkey_id}",
        _MINE,
        get_passkey,
        response=PasskeySchema,
        audit="passkey.read",
    ),
    Route(
        "PATCH",
        "/api/v1/me/passkeys/{passkey_id}",
        _MINE,
        patch_passkey,
        body=PasskeyPatch,
        response=PasskeySchema,
        example={"name": "Laptop"},
    ),
    Route(
        "POST",
        "/api/v1/me/passkeys/{passkey_id}/remove",
        _MINE,
        post_passkey_removal,
        body=ProofSchema,
        response=NextCookieSchema,
        keyed=False,
        example={"password": "{password}"},
    ),
)
