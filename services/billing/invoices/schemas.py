"""What invoice requests and answers look like."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.billing.invoices import rules
from shared.web.fields import AddressSchema, several_lines
from shared.web.paging import PageQuery, page_of

REASON_CHARACTERS_MAX = 500
LINES_MAX = 50


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


class LinePatch(Schema):
    """Another service for a line: it is priced anew, as of its date of service."""

    id = fields.UUID(required=True, metadata={"description": "The line."})
    service_type_id = fields.UUID(required=True, metadata={"description": "The service that was given."})


class InvoicePatch(Schema):
    """Changes to a draft."""

    due_on = fields.Date(
        allow_none=True, metadata={"description": f"Default: {rules.PAYMENT_TERM_DAYS} days from issue."}
    )
    memo = fields.String(
        allow_none=True,
        validate=[validate.Length(1, 1_000), several_lines],
        metadata={"description": "Printed for the client."},
    )
    lines = fields.List(
        fields.Nested(LinePatch),
        validate=validate.Length(1, LINES_MAX),
        metadata={"description": "Lines of which the service changes."},
    )


class IssueInvoice(Schema):
    """Issue a draft; a held one only with a reason."""

    override = fields.Nested(
        OverrideSchema, load_default=None, allow_none=True, metadata={"description": "Issue although held."}
    )


class HoldReasonSchema(Schema):
    """Why something waits for a person."""

    code = fields.String(metadata={"description": "minutes_do_not_fit, no_rate, amendment_pending."})
    detail = fields.String()


class HoldSchema(HoldReasonSchema):
    """Why an invoice waits for a person, and because of which line."""

    line_id = fields.UUID()


class _PricedSchema(Schema):
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


class RenderingSchema(Schema):
    """Who gave the service, as printed on its date."""

    given_name = fields.String()
    family_name = fields.String()
    credentials = fields.List(fields.String())
    npi = fields.String(allow_none=True)
    taxonomy = fields.String(allow_none=True)


class PlaceSchema(Schema):
    """Where the service was given, as printed on its date."""

    name = fields.String()
    place_of_service = fields.String()
    npi = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)


class InvoiceLineSchema(_PricedSchema):
    """A line of an invoice, with its price."""

    rendering = fields.Nested(
        RenderingSchema,
        allow_none=True,
        dump_default=None,
        metadata={"description": "As of the date of service; null in a draft."},
    )
    place = fields.Nested(
        PlaceSchema,
        allow_none=True,
        dump_default=None,
        metadata={"description": "As of the date of service; null in a draft, and without a location."},
    )


class AmendmentSchema(_PricedSchema):
    """What an amended note would make of an issued line, or made of it."""

    state = fields.String(metadata={"description": "pending, accepted, withdrawn."})
    line_id = fields.UUID(metadata={"description": "The line that was issued."})
    replacement_line_id = fields.UUID(allow_none=True)
    holds = fields.List(fields.Nested(HoldReasonSchema))


class BillerSchema(Schema):
    """Who bills: what the practice printed and billed under."""

    name = fields.String()
    legal_name = fields.String(allow_none=True)
    npi = fields.String(allow_none=True)
    tax_id = fields.String(allow_none=True)
    taxonomy = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    fax = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)


class InvoiceSchema(Schema):
    """An invoice."""

    id = fields.UUID()
    status = fields.String(metadata={"description": ", ".join(rules.STATUSES)})
    overdue = fields.Boolean()
    number = fields.String(allow_none=True, metadata={"description": "null in a draft."})
    client_id = fields.UUID()
    appointment_id = fields.UUID()
    holds = fields.List(fields.Nested(HoldSchema))
    lines = fields.List(fields.Nested(InvoiceLineSchema))
    amendments = fields.List(fields.Nested(AmendmentSchema))
    total_cents = fields.Integer()
    client_due_cents = fields.Integer(metadata={"description": "What the client still owes of it."})
    insurance_due_cents = fields.Integer(metadata={"description": "What insurers still owe of it."})
    balance_cents = fields.Integer(metadata={"description": "client_due_cents + insurance_due_cents."})
    issued_on = fields.Date(allow_none=True)
    due_on = fields.Date(allow_none=True)
    biller = fields.Nested(
        BillerSchema, allow_none=True, metadata={"description": "As of the day it was issued; null in a draft."}
    )
    memo = fields.String(allow_none=True)
    void_reason = fields.String(allow_none=True)
    version = fields.Integer()


class InvoicesQuery(PageQuery):
    """Which invoices."""

    appointment_id = fields.UUID(load_default=None, metadata={"description": "Of this appointment."})
    client_id = fields.UUID(load_default=None, metadata={"description": "Of this client."})
    status = fields.String(
        load_default=None,
        validate=validate.OneOf(rules.STATUSES),
        metadata={"description": "In this status."},
    )


InvoicesPage = page_of(InvoiceSchema)
