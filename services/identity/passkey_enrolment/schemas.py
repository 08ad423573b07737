"""What requests to add and to name passkeys, and their answers, look like."""

from __future__ import annotations

from marshmallow import fields

from services.identity.passkeys.schemas import PasskeySchema, RegistrationSchema
from shared.web.fields import Stripped, text


class NewPasskey(Stripped):
    """A passkey that the browser has made."""

    name = text(60, "To tell it from others, e.g. the device.", required=True)
    credential = fields.Nested(RegistrationSchema, required=True)


class PasskeyPatch(Stripped):
    """Another name."""

    name = text(60, "To tell it from others, e.g. the device.", required=True)


class MadePasskeySchema(PasskeySchema):
    """A new passkey."""

    recovery_codes = fields.List(
        fields.String(),
        metadata={"description": "Where it is the first second factor: ten codes, shown this once. Empty otherwise."},
    )
