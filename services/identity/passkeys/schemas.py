"""What browsers and we say to each other about passkeys: the JSON forms of WebAuthn level 3, section 5.1."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from shared.web.fields import Instant

IDENTIFIER_MAX = 1_400  # a credential id has at most 1,023 bytes
BYTES_MAX = 16_000
TRANSPORTS = ("ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb")


def _base64url(length_max: int, description: str) -> fields.String:
    pattern = validate.Regexp(r"^[A-Za-z0-9_-]+$", error="Give it in base64url, without padding.")
    return fields.String(
        required=True,
        validate=[validate.Length(1, length_max), pattern],
        load_only=True,
        metadata={"description": description},
    )


class _Foreign(Schema):
    """The browser's own words: it may say more than we read."""

    class Meta:
        unknown = EXCLUDE


class AttestationSchema(_Foreign):
    """What the device says of a passkey it has made."""

    clientDataJSON = _base64url(BYTES_MAX, "What the device signed, with our challenge in it.")
    attestationObject = _base64url(BYTES_MAX, "The public key, in CBOR.")
    transports = fields.List(
        fields.String(validate=validate.OneOf(TRANSPORTS)), validate=validate.Length(max=len(TRANSPORTS))
    )


class AssertionSchema(_Foreign):
    """What the device says to prove that it has the passkey."""

    clientDataJSON = _base64url(BYTES_MAX, "What the device signed, with our challenge in it.")
    authenticatorData = _base64url(BYTES_MAX, "What the device says of itself.")
    signature = _base64url(BYTES_MAX, "Over both.")
    userHandle = _base64url(100, "Whose passkey it is, as it was told when it was made.")


class _Credential(_Foreign):
    id = _base64url(IDENTIFIER_MAX, "The passkey's id.")
    rawId = _base64url(IDENTIFIER_MAX, "The same.")
    type = fields.String(required=True, validate=validate.Equal("public-key"))


class RegistrationSchema(_Credential):
    """`PublicKeyCredential.toJSON()` of a new passkey."""

    response = fields.Nested(AttestationSchema, required=True)


class AuthenticationSchema(_Credential):
    """`PublicKeyCredential.toJSON()` of a passkey that was used."""

    response = fields.Nested(AssertionSchema, required=True)


class PasskeySignIn(Schema):
    """What the browser answered."""

    credential = fields.Nested(AuthenticationSchema, required=True)


class OptionsSchema(Schema):
    """What the browser is asked."""

    public_key = fields.Dict(
        metadata={
            "description": "For `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`."
        }
    )


class PasskeySchema(Schema):
    """One of one's own passkeys."""

    id = fields.UUID()
    name = fields.String()
    synced = fields.Boolean(metadata={"description": "Whether the device's maker keeps a copy, as phones do."})
    created_at = Instant()
    last_used_at = Instant(allow_none=True)
