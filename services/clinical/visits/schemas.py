"""What the last visits and the next appointments of clients look like."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.clinical.agenda.schemas import Local
from shared.web.fields import Instant, about


class VisitSchema(Schema):
    """An appointment of a client, and when it begins."""

    appointment_id = fields.UUID(metadata=about("Id of the appointment."))
    starts_at = Instant(metadata=about("When it starts."))
    starts_at_local = Local(metadata=about("When it starts, as it was booked."))
    time_zone = fields.String(metadata=about("Time zone that it was booked in, in IANA's naming."))


class ClientVisitsSchema(Schema):
    """When a client was here last, and when they come next."""

    client_id = fields.UUID(metadata=about("Id of the client."))
    last_visit = fields.Nested(
        VisitSchema,
        allow_none=True,
        metadata=about("The last appointment that has begun and was kept (`arrived`); null where there is none."),
    )
    next_appointment = fields.Nested(
        VisitSchema,
        allow_none=True,
        metadata=about("The first that is `booked` or `confirmed` and not over; null where nothing is booked."),
    )


class VisitsSchema(Schema):
    """Those of the clients whom the person may see."""

    items = fields.List(
        fields.Nested(ClientVisitsSchema), metadata=about("One entry per client, in the order of the ids.")
    )
