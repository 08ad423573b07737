"""What requests to set an authenticator app up, and their answers, look like."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.identity.second_factors.schemas import RecoveryCodesSchema, secret_field
from services.identity.sessions.schemas import NextCookieSchema
from shared.web.fields import about


class TotpCode(Schema):
    """The code that the authenticator app shows now."""

    code = secret_field(
        10,
        "The six digits that the app shows now (TOTP, RFC 6238).",
        required=True,
    )


class TotpSecretSchema(Schema):
    """What an authenticator app needs to make codes. It is shown this once and works once it is confirmed."""

    secret = fields.String(metadata=about("The shared secret in base32, to type into the app where it cannot scan."))
    provisioning_uri = fields.String(
        metadata=about(
            "The secret as an `otpauth://` address: show it as a QR code, which the app scans.", format="uri"
        )
    )


class FirstCodesSchema(RecoveryCodesSchema, NextCookieSchema):
    """Ten new recovery codes, shown this once, and what a browser goes on with."""
