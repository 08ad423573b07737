"""What a priced service, its holds and their override look like."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import Any, get_args, get_type_hints
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate

from services.billing.charges.models import DocumentedService
from services.billing.charges.queries import Minutes
from shared.durations import SERVICE_MINUTES_MAX
from shared.web.fields import Day, Instant, about, choice, text

REASON_CHARACTERS_MAX = 500


HOLDS = {
    "minutes_do_not_fit": "the documented minutes do not fit the service",
    "other_service_than_documented": "another service is billed than the signed note documents",
    "no_rate": "no rate was in force on the date of service",
    "no_diagnosis": "an insurer is to pay, and no diagnosis was in force on the date of service",
    "no_signed_plan": "an insurer is to pay, and no signed treatment plan was in force on the date of service",
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


class UnitsPreview(Schema):
    """So many minutes of a service."""

    minutes = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, SERVICE_MINUTES_MAX),
        metadata=about("Minutes that a note would say the service took."),
    )
    on = Day(
        load_default=None,
        allow_none=True,
        metadata=about("Date of service. null: today, in the practice's time zone."),
    )

    @post_load
    def _asked(self, data: dict[str, Any], **_: Any) -> Minutes:
        return Minutes(**data)


class PricedMinutesSchema(Schema):
    """What the minutes come to."""

    units = fields.Integer(
        metadata=about("Billable units, as the service counts its minutes. 0: there is nothing to bill.")
    )
    charge_cents = fields.Integer(
        allow_none=True,
        metadata=about(
            "What would be charged: `units` times the rate of that day; null where no rate is in force, and for those"
            " who read no invoices."
        ),
    )


class HoldReasonSchema(Schema):
    """Why something waits for a person."""

    code = choice(HOLDS, "What has to be settled.", HOLDS)
    detail = fields.String(metadata=about("The reason in a sentence, for people."))


_FIELDS: dict[Any, type[fields.Field[Any]]] = {
    UUID: fields.UUID,
    bool: fields.Boolean,
    int: fields.Integer,
    str: fields.String,
    date: fields.Date,
    datetime: Instant,
}


def _documented_fields() -> dict[str, fields.Field[Any]]:
    """A field for each fact of `DocumentedService` that is shown, with its type and what it says of itself."""
    hints = get_type_hints(DocumentedService)
    shown: dict[str, fields.Field[Any]] = {}
    for fact in dataclasses.fields(DocumentedService):
        if "shown" in fact.metadata:
            hint, parts = (
                hints[fact.name],
                [hint_part for hint_part in get_args(hints[fact.name]) if hint_part is not Ellipsis],
            )
            nullable = type(None) in parts
            description = fact.metadata["shown"]
            options: dict[str, Any] = {"metadata": about(description) if description else {}, "allow_none": nullable}
            kind = _FIELDS[parts[0] if parts else hint]
            several = bool(parts) and not nullable
            shown[fact.name] = fields.List(kind(), **options) if several else kind(**options)
    return shown


class PricedServiceSchema(Schema):
    """What was documented, and what it costs."""

    class Meta:
        """The facts of the note stand beside the fields of the price."""

        include = _documented_fields()

    id = fields.UUID()
    code = fields.String(
        metadata=about("CPT or HCPCS code, or the practice's own, as the catalogue had it when the line was priced.")
    )
    modifiers = fields.List(
        fields.String(), metadata=about("Modifiers of the code (CPT or HCPCS), of two characters each.")
    )
    description = fields.String(metadata=about("Name of the service, as it prints."))
    units = fields.Integer(metadata=about("Billable units, as the service counts its minutes."))
    rate_cents = fields.Integer(
        allow_none=True, metadata=about("Price of one unit on the date of service; null where no rate was in force.")
    )
    charge_cents = fields.Integer(metadata=about("What is charged: `units` times `rate_cents`."))
    client_cents = fields.Integer(metadata=about("The client's share of `charge_cents`."))
    insurance_cents = fields.Integer(
        metadata=about("The insurers' share of `charge_cents`. 0: the client pays all of it.")
    )
