"""What second-factor requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.identity.passkeys.schemas import AuthenticationSchema, PasskeySchema
from services.identity.second_factors.commands import Proof


def secret_field(length_max: int, description: str, **options: Any) -> fields.String:
    """A text of 1 to `length_max` characters that is never given back."""
    return fields.String(
        validate=validate.Length(1, length_max), load_only=True, metadata={"description": description}, **options
    )


class ShownSchema(Schema):
    """One of these, where you have a second factor."""

    totp_code = secret_field(10, "Six digits of the app.", load_default=None)
    recovery_code = secret_field(20, "Instead of totp_code.", load_default=None)
    credential = fields.Nested(
        AuthenticationSchema,
        load_default=None,
        metadata={"description": "Instead: what a passkey answered to POST /sessions/passkey-options."},
    )


class ProofSchema(ShownSchema):
    """That it is really you: the password, and one of the others where you have a second factor."""

    password = secret_field(128, "The password once more.", required=True)

    @post_load
    def _proof(self, data: dict[str, Any], **_: Any) -> Proof:
        return Proof(**data)


class RecoveryCodesSchema(Schema):
    """Ten codes, each for one sign-in without the app; shown this once."""

    recovery_codes = fields.List(fields.String())


class SecondFactorsSchema(Schema):
    """What is set up."""

    totp = fields.Boolean()
    passkeys = fields.List(fields.Nested(PasskeySchema))
    recovery_codes_left = fields.Integer()
    required = fields.Boolean(metadata={"description": "Whether the organization wants everybody to have one."})
