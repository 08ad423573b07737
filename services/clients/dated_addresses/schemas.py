"""What a client's addresses look like in requests and answers."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, post_load

from services.clients.addresses import rules
from services.clients.dated_addresses.commands import NewAddress
from shared.web.fields import AddressSchema, Day, Instant, Stripped, about, choice, text
from shared.web.paging import page_of
from shared.web.strict_fields import Id

STATES: Final = {
    "past": "another one has begun since",
    "current": "it holds today",
    "coming": "it begins after today",
    "replaced": "another one was recorded later for the same day",
    "aside": "it is of a client who was merged into this one, who has another one on its days",
}
NONE_KNOWN: Final = "Postal address in the United States. null: none is known from then on."
LABEL_MAX: Final = 40
LABEL: Final = "What it is, such as home or college."


class NewAddressSchema(Stripped):
    """An address from a day on."""

    address = fields.Nested(AddressSchema, required=True, allow_none=True, metadata=about(NONE_KNOWN))
    label = text(LABEL_MAX, LABEL, load_default=None, allow_none=True)
    effective_from = Day(required=True, metadata=about("First day on which it holds."))

    @post_load
    def _wanted(self, data: dict[str, Any], **_: Any) -> NewAddress:
        return NewAddress(**data)


class DatedAddressSchema(Schema):
    """An address of a client from a day on. It holds until another one begins."""

    id = Id()
    client_id = Id(metadata=about("Id of the client; of one who was merged into them, also that one's."))
    address = fields.Nested(AddressSchema, allow_none=True, metadata=about(NONE_KNOWN))
    label = fields.String(allow_none=True, metadata=about(LABEL))
    effective_from = fields.Date(
        allow_none=True, metadata=about("First day on which it holds. null: from the beginning.")
    )
    state = choice(rules.STATES, "What it is today.", STATES)
    recorded_at = Instant(metadata=about("When it was recorded."))
    recorded_by = Id(
        allow_none=True, metadata=about("Id of the member of staff or the API client who recorded it. null: not known.")
    )


DatedAddressesPage = page_of(DatedAddressSchema, "As they were recorded, newest first.")
