"""What requests to add and to name passkeys, and their answers, look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load

from services.identity.passkey_enrolment.commands import MadePasskey, PasskeyChanges
from services.identity.passkeys.schemas import PasskeySchema, RegistrationSchema
from services.identity.sessions.schemas import NextCookieSchema
from shared.web.fields import Stripped, about, text


class NewPasskey(Stripped):
    """A passkey that the browser has made, and its name."""

    name = text(60, "How to tell it from others, such as the name of the device.", required=True)
    credential = fields.Nested(
        RegistrationSchema, required=True, metadata=about("What the device answered to `POST /me/passkeys/options`.")
    )

    @post_load
    def _made(self, data: dict[str, Any], **_: Any) -> MadePasskey:
        return MadePasskey(**data)


class PasskeyPatch(Stripped):
    """Another name for a passkey."""

    name = text(60, "How to tell it from others, such as the name of the device.")

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> PasskeyChanges:
        return PasskeyChanges(**data)


class MadePasskeySchema(PasskeySchema, NextCookieSchema):
    """A new passkey, with recovery codes where it is the first second factor, and what a browser goes on with."""

    recovery_codes = fields.List(
        fields.String(),
        metadata=about(
            "Ten recovery codes, shown this once, where the passkey is the first second factor of the "
            "account. Empty otherwise."
        ),
    )
