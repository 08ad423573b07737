"""What requests to deactivate, to hand over and to reactivate look like."""

from __future__ import annotations

from marshmallow import fields

from shared.web.fields import Stripped, text


class Deactivation(Stripped):
    """Why somebody leaves."""

    reason = text(500, "Kept in the history.", load_default=None, allow_none=True)


class Leaving(Deactivation):
    """Why somebody leaves, and who takes over."""

    successor_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "Takes over clients, open cases and coming appointments; may also be said later."},
    )


class HandOver(Stripped):
    """Who takes over."""

    successor_id = fields.UUID(required=True)
