"""What a priced service, its holds and their override look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from shared.web.fields import about, choice, text

REASON_CHARACTERS_MAX = 500


HOLDS = {
    "minutes_do_not_fit": "the documented minutes do not fit the service",
    "no_rate": "no rate was in force on the date of service",
    "amendment_pending": "the note was amended after the invoice was issued",
}


class OverrideSchema(Schema):
    """Why a hold is set aside. Needs the permission `invoices:override_hold`."""

    reason = text(
        REASON_CHARACTERS_MAX,
        "Why it is billed all the same. It is kept with the invoice.",
        lines=True,
        required=True,
    )

    @post_load
    def reason_alone(self, data: dict[str, Any], **_: Any) -> Any:
        """The reason, as the commands take it."""
        return data["reason"]


class HoldReasonSchema(Schema):
    """Why something waits for a person."""

    code = choice(HOLDS, "What has to be settled.", HOLDS)
    detail = fields.String(metadata=about("The reason in a sentence, for people."))


class PricedServiceSchema(Schema):
    """What was documented, and what it costs."""

    id = fields.UUID()
    appointment_id = fields.UUID()
    service_type_id = fields.UUID(metadata=about("Id of the service that it is priced as."))
    service_date = fields.Date(
        metadata=about("Date of service: the day on which the appointment began, in its own time zone.")
    )
    code = fields.String(
        metadata=about("CPT or HCPCS code, or the practice's own, as the catalogue had it when the line was priced.")
    )
    modifiers = fields.List(
        fields.String(), metadata=about("Modifiers of the code (CPT or HCPCS), of two characters each.")
    )
    description = fields.String(metadata=about("Name of the service, as it prints."))
    minutes = fields.Integer(metadata=about("Minutes that the note says the service took."))
    units = fields.Integer(metadata=about("Billable units, as the service counts its minutes."))
    rate_cents = fields.Integer(
        allow_none=True, metadata=about("Price of one unit on the date of service; null where no rate was in force.")
    )
    charge_cents = fields.Integer(metadata=about("What is charged: `units` times `rate_cents`."))
    client_cents = fields.Integer(metadata=about("The client's share of `charge_cents`."))
    insurance_cents = fields.Integer(
        metadata=about("The insurers' share of `charge_cents`. 0: the client pays all of it.")
    )
    rendering_staff_id = fields.UUID(metadata=about("Id of the clinician who gave the service."))
    location_id = fields.UUID(
        allow_none=True, metadata=about("Id of the location; null where none is named, as for a home visit.")
    )
    diagnosis_codes = fields.List(fields.String())
