"""What requests to add and to name passkeys, and their answers, look like."""

from __future__ import annotations

from marshmallow import fields

from services.identity.passkeys.schemas import PasskeySchema, RegistrationSchema
from shared.web.fields import Stripped, about, text


class NewPasskey(Stripped):
    """A passkey that the browser has made, and its name."""

    name = text(60, "How to tell it from others, such as the name of the device.", required=True)
    credential = fields.Nested(
        RegistrationSchema, required=True, metadata=about("What the device answered to `POST /me/passkeys/options`.")
    )


class PasskeyPatch(Stripped):
    """Another name for a passkey."""

    name = text(60, "How to tell it from others, such as the name of the device.", required=True)


class MadePasskeySchema(PasskeySchema):
    """A new passkey, with recovery codes where it is the first second factor."""

    recovery_codes = fields.List(
        fields.String(),
        metadata=about(
            "Ten recovery codes, shown this once, where the passkey is the first second factor of the "
            "account. Empty otherwise."
        ),
    )
