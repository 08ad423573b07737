"""What a new password in a request looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from services.identity.passwords.rules import PASSWORD_MAX, PASSWORD_MIN
from shared.web.fields import about


def password(**options: Any) -> fields.String:
    """A password; how guessable it is gets judged when it is set."""
    return fields.String(
        validate=validate.Length(PASSWORD_MIN, PASSWORD_MAX),
        load_only=True,
        metadata=about(
            f"The password from now on: {PASSWORD_MIN} to {PASSWORD_MAX} characters, not easily guessed and not known"
            " from leaks.",
            format="password",
        ),
        **options,
    )
