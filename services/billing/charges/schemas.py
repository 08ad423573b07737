"""What a priced service, its holds and their override look like."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from typing import Any, get_args, get_type_hints
from uuid import UUID

from marshmallow import Schema, fields, post_load, validate

from services.billing.charges.models import DocumentedService
from shared.web.fields import Instant, several_lines

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

    code = fields.String(
        metadata={"description": "minutes_do_not_fit, no_rate, no_diagnosis, no_signed_plan, amendment_pending."}
    )
    detail = fields.String()


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
            hint, parts = hints[fact.name], [one for one in get_args(hints[fact.name]) if one is not Ellipsis]
            nullable = type(None) in parts
            options: dict[str, Any] = {"metadata": {"description": fact.metadata["shown"]}, "allow_none": nullable}
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
    code = fields.String()
    modifiers = fields.List(fields.String())
    description = fields.String()
    units = fields.Integer()
    rate_cents = fields.Integer(allow_none=True, metadata={"description": "Per unit at the date of service."})
    charge_cents = fields.Integer()
    client_cents = fields.Integer()
    insurance_cents = fields.Integer()
