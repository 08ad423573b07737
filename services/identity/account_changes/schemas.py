"""What password requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.identity.passwords.rules import PASSWORD_MAX
from services.identity.passwords.schemas import password
from services.identity.second_factors.commands import Proof
from services.identity.second_factors.schemas import ShownSchema
from shared.web.fields import Email, Stripped

TOKEN_MAX = 200


def proven_by(data: dict[str, Any], password_field: str) -> dict[str, Any]:
    """The rest of a body, and what of it proves who asks as one `proof`."""
    shown = {name: data.pop(name) for name in ("totp_code", "recovery_code", "credential")}
    proof = Proof(data.pop(password_field), **shown)
    return {**data, "proof": proof}


def _present(**options: object) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(1, PASSWORD_MAX),
        load_only=True,
        metadata={"description": "The present password."},
    )


class PasswordChange(ShownSchema):
    """The present password and the next one."""

    current_password = _present()
    new_password = password(required=True)

    @post_load
    def _proof(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return proven_by(data, "current_password")


class ResetRequestBody(Stripped):
    """Whose password is lost."""

    email = Email(required=True, validate=validate.Length(max=254))


class PasswordReset(Schema):
    """The token from the mail, and the password from now on."""

    token = fields.String(required=True, validate=validate.Length(1, TOKEN_MAX), load_only=True)
    new_password = password(required=True)


class EmailChange(Stripped, ShownSchema):
    """The address from now on."""

    new_email = Email(required=True, validate=validate.Length(max=254))
    password = _present()

    @post_load
    def _proof(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return proven_by(data, "password")


class EmailConfirmation(Schema):
    """The token from the mail."""

    token = fields.String(required=True, validate=validate.Length(1, TOKEN_MAX), load_only=True)


class AcceptedSchema(Schema):
    """The same for everybody."""

    detail = fields.String()


class WhoseSchema(Schema):
    """Whose account it was."""

    id = fields.UUID()
    email = fields.String()
