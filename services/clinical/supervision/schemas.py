"""What a supervisor says; what is answered is a note, see `notes.schemas`."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from services.clinical.supervision.commands import Return
from shared.web.fields import Stripped, text


class NewReturn(Stripped):
    """Why a note goes back to its author."""

    comment = text(2_000, "What the author should change.", lines=True, required=True)

    @post_load
    def _return(self, data: dict[str, Any], **_: Any) -> Return:
        return Return(**data)
