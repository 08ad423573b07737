"""What a priced service, its holds and their override look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from shared.web.fields import several_lines

REASON_CHARACTERS_MAX = 500


class OverrideSchema(Schema):
    """Why a hold is set aside."""

    reason = fields.String(
        required=True,
        validate=[
            validate.Length(1, REASON_CHARACTERS_MAX),
            validate.Regexp(r"\s*\S", error="Must not be blank."),
            several_lines,
        ],
        metadata={"description": "Shown on the invoice's record."},
    )

    @post_load
    def reason_alone(self, data: dict[str, Any], **_: Any) -> Any:
        """The reason, as the commands take it."""
        return data["reason"]


class HoldReasonSchema(Schema):
    """Why something waits for a person."""

    code = fields.String(metadata={"description": "minutes_do_not_fit, no_rate, amendment_pending."})
    detail = fields.String()


class PricedServiceSchema(Schema):
    """What was documented, and what it costs."""

    id = fields.UUID()
    appointment_id = fields.UUID()
    service_type_id = fields.UUID()
    service_date = fields.Date()
    code = fields.String()
    modifiers = fields.List(fields.String())
    description = fields.String()
    minutes = fields.Integer()
    units = fields.Integer()
    rate_cents = fields.Integer(allow_none=True, metadata={"description": "Per unit at the date of service."})
    charge_cents = fields.Integer()
    client_cents = fields.Integer()
    insurance_cents = fields.Integer()
    rendering_staff_id = fields.UUID()
    location_id = fields.UUID(allow_none=True)
    diagnosis_codes = fields.List(fields.String())
