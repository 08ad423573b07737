"""What password requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.identity.account_changes.commands import NewEmail, NewPassword, ResetPassword
from services.identity.passwords.rules import PASSWORD_MAX
from services.identity.passwords.schemas import password
from services.identity.second_factors.commands import Proof
from services.identity.second_factors.schemas import ShownSchema
from shared.web.fields import Email, Instant, Stripped, about

TOKEN_MAX = 200


def _proof(data: dict[str, Any], password_field: str) -> Proof:
    """What of a body proves who asks."""
    return Proof(data[password_field], data["totp_code"], data["recovery_code"], data["credential"])


def _present(**options: object) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(1, PASSWORD_MAX),
        load_only=True,
        metadata=about("The present password."),
    )


class PasswordChange(ShownSchema):
    """The present password and the next one, with a second factor where the account has one."""

    current_password = _present()
    new_password = password(required=True)

    @post_load
    def _change(self, data: dict[str, Any], **_: Any) -> NewPassword:
        return NewPassword(_proof(data, "current_password"), data["new_password"])


class ResetRequestBody(Stripped):
    """Whose password is lost."""

    email = Email(
        required=True,
        validate=validate.Length(max=254),
        metadata=about("Address of the account. The answer is the same whether there is one or not."),
    )


class PasswordReset(Schema):
    """The token from the mail, and the password from now on."""

    token = fields.String(
        required=True,
        validate=validate.Length(1, TOKEN_MAX),
        load_only=True,
        metadata=about("The token in the link that was mailed. It works once."),
    )
    new_password = password(required=True)

    @post_load
    def _reset(self, data: dict[str, Any], **_: Any) -> ResetPassword:
        return ResetPassword(**data)


class EmailChange(Stripped, ShownSchema):
    """The address from now on, and proof that the account is yours."""

    new_email = Email(
        required=True,
        validate=validate.Length(max=254),
        metadata=about("The new address. It is in force once the link that is mailed to it is opened."),
    )
    password = _present()

    @post_load
    def _change(self, data: dict[str, Any], **_: Any) -> NewEmail:
        return NewEmail(_proof(data, "password"), data["new_email"])


class WaitingEmailChangeSchema(Schema):
    """The change of one's own address that waits to be confirmed. Every field is null where none waits."""

    new_email = Email(
        allow_none=True, metadata=about("The address that the account signs in with once the link is opened.")
    )
    created_at = Instant(allow_none=True, metadata=about("When the link was mailed."))
    expires_at = Instant(allow_none=True, metadata=about("Until when the link can be opened."))


class EmailConfirmation(Schema):
    """The token from the mail to the new address."""

    token = fields.String(
        required=True,
        validate=validate.Length(1, TOKEN_MAX),
        load_only=True,
        metadata=about("The token in the link that was mailed. It works once."),
    )


class OrganizationConfirmation(Schema):
    """The token from the mail to the founder."""

    token = fields.String(
        required=True,
        validate=validate.Length(1, TOKEN_MAX),
        load_only=True,
        metadata=about("The token in the link that was mailed. It works once."),
    )


class AcceptedSchema(Schema):
    """What happens next. It is the same for everybody, whether there is such an account or not."""

    detail = fields.String(metadata=about("A sentence for people."))


class WhoseSchema(Schema):
    """Whose account was changed."""

    id = fields.UUID(metadata=about("Id of the member of staff whose account it is."))
    email = Email(metadata=about("The address that the account signs in with now."))
