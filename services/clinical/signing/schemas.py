"""What requests about the signed record look like; what they answer is a note, see `notes.schemas`."""

from __future__ import annotations

from typing import Any

from marshmallow import post_load

from services.clinical.agenda.schemas import Local, telehealth_field
from services.clinical.notes.focus_schemas import add_ons_field
from services.clinical.notes.rules import SECTION_CHARACTERS_MAX
from services.clinical.notes.schemas import BEGAN, content_field, minutes_field
from services.clinical.signing.commands import Amendment, Discarding, Reopening
from shared.web.fields import Stripped, about, place_of_service, text
from shared.web.strict_fields import Id


class NewAddendum(Stripped):
    """Something to add to a signed note."""

    text = text(
        SECTION_CHARACTERS_MAX, "What to add. It is signed at once and never changes.", lines=True, required=True
    )


class NewReopening(Stripped):
    """Why a signed note gets another version."""

    reason = text(500, "Kept with the next version.", lines=True, required=True)

    @post_load
    def _reopening(self, data: dict[str, Any], **_: Any) -> Reopening:
        return Reopening(**data)


class NewDiscarding(Stripped):
    """Why nobody needs a draft."""

    reason = text(500, "Why nobody needs it. It is kept in the note's history.", lines=True, required=True)

    @post_load
    def _discarding(self, data: dict[str, Any], **_: Any) -> Discarding:
        return Discarding(**data)


class NewAmendment(Stripped):
    """A correction of a signed note. Sections that are not named stay, and so does what is left out or null."""

    reason = text(500, "Why the note is corrected. It is kept with the new version.", lines=True, required=True)
    content = content_field(load_default=None, allow_none=True)
    minutes = minutes_field(load_default=None, allow_none=True)
    service_type_id = Id(
        load_default=None,
        allow_none=True,
        metadata=about("Id of the service that was given, where another one was named."),
    )
    started_at_local = Local(
        load_default=None,
        allow_none=True,
        metadata=about(BEGAN),
    )
    place_of_service = place_of_service(load_default=None, allow_none=True)
    telehealth = telehealth_field(load_default=None)
    add_on_service_type_ids = add_ons_field(load_default=None, allow_none=True)

    @post_load
    def _amendment(self, data: dict[str, Any], **_: Any) -> Amendment:
        add_ons = data.pop("add_on_service_type_ids")
        return Amendment(add_on_service_type_ids=None if add_ons is None else tuple(add_ons), **data)
