"""What proving once more who somebody is looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from services.identity.passkeys.schemas import AuthenticationSchema
from services.identity.reauthentication.commands import Reauthentication
from services.identity.second_factors.schemas import secret_field
from shared.web.fields import Instant, about


class ReauthenticationSchema(Schema):
    """The password, or a passkey."""

    password = secret_field(128, "The password of the account, once more.", load_default=None)
    credential = fields.Nested(
        AuthenticationSchema,
        load_default=None,
        metadata=about("What a passkey answered to `POST /sessions/passkey-options`, instead of the password."),
    )

    @validates_schema(skip_on_field_errors=True)
    def check_one(self, data: dict[str, Any], **_: Any) -> None:
        """Exactly one of them."""
        if (data["password"] is None) == (data["credential"] is None):
            raise ValidationError("Give either password or credential.", "password")

    @post_load
    def _given(self, data: dict[str, Any], **_: Any) -> Reauthentication:
        return Reauthentication(**data)


class AuthenticatedSchema(Schema):
    """When the person proved who they are, and the browser's next token."""

    authenticated_at = Instant(metadata=about("When that was."))
    access_token = fields.String(
        allow_none=True,
        metadata=about(
            "The next token of a browser's session, for its cookie; the one that asked has ended. null in other "
            "sessions."
        ),
    )
