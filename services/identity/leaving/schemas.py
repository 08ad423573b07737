"""What requests to deactivate, to hand over and to reactivate look like."""

from __future__ import annotations

from marshmallow import fields

from shared.web.fields import Stripped, about, text


class Deactivation(Stripped):
    """Why somebody is deactivated or taken back."""

    reason = text(
        500, "Why, in a sentence. The history of the member's access shows it.", load_default=None, allow_none=True
    )


class Leaving(Deactivation):
    """Why somebody leaves, and who takes their work over."""

    successor_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata=about(
            "Id of the member of staff who takes over clients, open cases and coming appointments. Can "
            "be named later, with `hand-over`."
        ),
    )


class HandOver(Stripped):
    """Who takes over the work of a member who has left."""

    successor_id = fields.UUID(
        required=True,
        metadata=about(
            "Id of the member of staff who takes over clients, open cases and coming appointments; "
            "active, and able to sign notes where the one who left was."
        ),
    )
