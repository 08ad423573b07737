"""What password requests and answers look like."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.identity.invitations.schemas import PASSWORD_MAX, password
from shared.web.fields import Email, Stripped

TOKEN_MAX = 200


def _present(**options: object) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(1, PASSWORD_MAX),
        load_only=True,
        metadata={"description": "The present password."},
    )


class PasswordChange(Schema):
    """The present password and the next one."""

    current_password = _present()
    new_password = password(required=True)


class ResetRequestBody(Stripped):
    """Whose password is lost."""

    email = Email(required=True, validate=validate.Length(max=254))


class PasswordReset(Schema):
    """The token from the mail, and the password from now on."""

    token = fields.String(required=True, validate=validate.Length(1, TOKEN_MAX), load_only=True)
    new_password = password(required=True)


class EmailChange(Stripped):
    """The address from now on."""

    new_email = Email(required=True, validate=validate.Length(max=254))
    password = _present()


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
