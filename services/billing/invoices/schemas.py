"""What an invoice looks like."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.billing.charges.schemas import HoldReasonSchema, PricedServiceSchema
from services.billing.invoices import rules
from shared.web.fields import AddressSchema, Instant
from shared.web.paging import PageQuery, page_of


class HoldSchema(HoldReasonSchema):
    """Why an invoice waits for a person, and because of which line."""

    line_id = fields.UUID()


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


class InvoiceLineSchema(PricedServiceSchema):
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


class AmendmentSchema(PricedServiceSchema):
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
    note_amended_at = Instant(
        allow_none=True,
        metadata={"description": "When the note was last amended with no effect on what is billed; null: never."},
    )
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
