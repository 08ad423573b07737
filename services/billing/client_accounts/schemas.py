"""How an answer of billing names the client it is about."""

from __future__ import annotations

from marshmallow import fields

from shared.web.fields import about


def name_of_client() -> fields.String:
    """A field that says what the client is called, from billing's own copy."""
    return fields.String(
        allow_none=True,
        metadata=about(
            "What the client is called: the preferred or else the given name, and the family name. null: the asker may "
            "not read clients, or the client was added a moment ago."
        ),
    )
