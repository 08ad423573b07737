"""What requests to deactivate, to hand over and to reactivate look like."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from services.identity.leaving.commands import Departure
from shared.web.fields import Stripped, about, text
from shared.web.strict_fields import Id


class Deactivation(Stripped):
    """Why somebody is deactivated or taken back."""

    reason = text(
        500, "Why, in a sentence. The history of the member's access shows it.", load_default=None, allow_none=True
    )


class Leaving(Deactivation):
    """Why somebody leaves, and who takes their work over."""

    successor_id = Id(
        load_default=None,
        allow_none=True,
        metadata=about(
            "Id of the member of staff who takes over clients, open cases and coming appointments. Can "
            "be named later, with `hand-over`."
        ),
    )

    @post_load
    def _departure(self, data: dict[str, Any], **_: Any) -> Departure:
        return Departure(**data)


class HandOver(Stripped):
    """Who takes over the work of a member who has left."""

    successor_id = Id(
        required=True,
        metadata=about(
            "Id of the member of staff who takes over clients, open cases and coming appointments; "
            "active, and able to sign notes where the one who left was."
        ),
    )
