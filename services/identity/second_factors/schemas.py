"""What second-factor requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.identity.passkeys.schemas import AuthenticationSchema, PasskeySchema
from services.identity.second_factors.commands import Proof
from shared.web.fields import about


def secret_field(length_max: int, description: str, **options: Any) -> fields.String:
    """A text of 1 to `length_max` characters that is never given back."""
    return fields.String(
        validate=validate.Length(1, length_max), load_only=True, metadata=about(description), **options
    )


class ShownSchema(Schema):
    """One of these, where the account has a second factor."""

    totp_code = secret_field(10, "The six digits that the authenticator app shows now.", load_default=None)
    recovery_code = secret_field(
        20, "One of the recovery codes, instead of `totp_code`. Each works once.", load_default=None
    )
    credential = fields.Nested(
        AuthenticationSchema,
        load_default=None,
        metadata=about("What a passkey answered to `POST /sessions/passkey-options`, instead of a code."),
    )


class ProofSchema(ShownSchema):
    """Proof that the request is yours: the password, and a second factor where the account has one."""

    password = secret_field(128, "The password of the account, once more.", required=True)

    @post_load
    def _proof(self, data: dict[str, Any], **_: Any) -> Proof:
        return Proof(**data)


class RecoveryCodesSchema(Schema):
    """Ten new recovery codes. They are shown this once and replace the earlier ones."""

    recovery_codes = fields.List(
        fields.String(), metadata=about("Ten codes. Each stands in for the second factor once.")
    )


class SecondFactorsSchema(Schema):
    """Which second factors the signed-in person has."""

    totp = fields.Boolean(metadata=about("Whether an authenticator app is set up and confirmed."))
    passkeys = fields.List(fields.Nested(PasskeySchema), metadata=about("The passkeys of the account, oldest first."))
    recovery_codes_left = fields.Integer(metadata=about("How many recovery codes have not been used."))
    required = fields.Boolean(metadata=about("Whether the organization wants everybody to have a second factor."))
