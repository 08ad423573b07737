"""What a roster looks like."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.clinical.agenda.schemas import status_of
from shared.web.fields import about
from shared.web.strict_fields import Id


class RosterMemberSchema(Schema):
    """One client of an appointment."""

    client_id = Id()
    name = fields.String(
        allow_none=True,
        metadata=about("The name as colleagues see it; null for some moments after the client was added."),
    )
    status = status_of("What became of it for this client.")
    documented = fields.Boolean(metadata=about("Whether there is a signed note about this client."))
    note_id = Id(
        allow_none=True,
        metadata=about("Id of the note about this client; null where there is none, and for those who do not read it."),
    )


class RosterSchema(Schema):
    """Who comes to an appointment, and what became of it for each of them."""

    appointment_id = Id()
    status = status_of("What became of the whole appointment.")
    members = fields.List(
        fields.Nested(RosterMemberSchema), metadata=about("The clients by name, as far as you may know of them.")
    )
