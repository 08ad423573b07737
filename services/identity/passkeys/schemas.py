"""What browsers and we say to each other about passkeys: the JSON forms of WebAuthn level 3, section 5.1."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields, validate

from shared.web.fields import Instant, about

IDENTIFIER_MAX = 1_400  # a credential id has at most 1,023 bytes
BYTES_MAX = 16_000
TRANSPORTS = ("ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb")


def _base64url(length_max: int, description: str) -> fields.String:
    pattern = validate.Regexp(r"^[A-Za-z0-9_-]+$", error="Give it in base64url, without padding.")
    return fields.String(
        required=True,
        validate=[validate.Length(1, length_max), pattern],
        load_only=True,
        metadata=about(description),
    )


class _Foreign(Schema):
    """The browser's own words: it may say more than we read."""

    class Meta:
        unknown = EXCLUDE


class AttestationSchema(_Foreign):
    """What a device says of a passkey that it has just made (WebAuthn level 3, AuthenticatorAttestationResponse)."""

    clientDataJSON = _base64url(
        BYTES_MAX, "What the browser had the device sign, with our challenge in it, in base64url."
    )
    attestationObject = _base64url(BYTES_MAX, "The new public key and what vouches for it, as CBOR in base64url.")
    transports = fields.List(
        fields.String(validate=validate.OneOf(TRANSPORTS)),
        validate=validate.Length(max=len(TRANSPORTS)),
        metadata=about("By which ways the device can be reached, as the browser names them."),
    )


class AssertionSchema(_Foreign):
    """What a device says to prove that it has a passkey (WebAuthn level 3, AuthenticatorAssertionResponse)."""

    clientDataJSON = _base64url(
        BYTES_MAX, "What the browser had the device sign, with our challenge in it, in base64url."
    )
    authenticatorData = _base64url(
        BYTES_MAX, "What the device says of itself and of this use of the passkey, in base64url."
    )
    signature = _base64url(
        BYTES_MAX, "The signature over authenticatorData and the hash of clientDataJSON, in base64url."
    )
    userHandle = _base64url(100, "Whose passkey it is, as the device was told when it was made, in base64url.")


class _Credential(_Foreign):
    id = _base64url(IDENTIFIER_MAX, "The passkey's own id (credential id), in base64url.")
    rawId = _base64url(IDENTIFIER_MAX, "The same as `id`.")
    type = fields.String(
        required=True,
        validate=validate.Equal("public-key"),
        metadata=about("`public-key`: the only kind of credential there is."),
    )


class RegistrationSchema(_Credential):
    """A new passkey, as `PublicKeyCredential.toJSON()` gives it."""

    response = fields.Nested(
        AttestationSchema, required=True, metadata=about("What the device says of the passkey that it has made.")
    )


class AuthenticationSchema(_Credential):
    """A passkey that was used, as `PublicKeyCredential.toJSON()` gives it."""

    response = fields.Nested(
        AssertionSchema, required=True, metadata=about("What the device says to prove that it has the passkey.")
    )


class OptionsSchema(Schema):
    """What the browser is to ask the device for."""

    public_key = fields.Dict(
        metadata=about(
            "The options of WebAuthn level 3 in their JSON form. Give them to "
            "`PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`."
        )
    )


class PasskeySchema(Schema):
    """A passkey of the signed-in person."""

    id = fields.UUID()
    name = fields.String(metadata=about("How its owner tells it from others, such as the name of the device."))
    synced = fields.Boolean(
        metadata=about("Whether the maker of the device keeps a copy for other devices, as phones do.")
    )
    created_at = Instant()
    last_used_at = Instant(allow_none=True, metadata=about("When it last signed somebody in; null where it never has."))
