"""What an invoice looks like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from services.billing.charges.schemas import HoldReasonSchema, PricedServiceSchema
from services.billing.client_accounts.schemas import name_of_client
from services.billing.invoices import rules
from services.billing.reasons.schemas import ReasonSchema
from shared.web.fields import AddressSchema, Email, Instant, Phone, about, choice

AMENDMENT_STATES = {
    "pending": "somebody has to accept it",
    "accepted": "the line was replaced",
    "withdrawn": "the invoice was voided first",
}


def status_of(description: str, **options: Any) -> fields.String:
    """A field that says where an invoice stands."""
    meanings = {
        "draft": "it may change and is owed by nobody",
        "open": "issued, nothing paid",
        "partially_paid": "issued, a part is paid",
        "paid": "issued, nothing is due",
        "void": "it no longer counts",
        "written_off": "issued, nothing is due, and a part of it was written off",
    }
    return choice(rules.STATUSES, description, meanings, **options)


class HoldSchema(HoldReasonSchema):
    """Why an invoice waits for a person, and because of which line."""

    line_id = fields.UUID(metadata=about("Id of the line that has to be settled."))


class RenderingSchema(Schema):
    """Who gave the service, as printed on its date."""

    given_name = fields.String()
    family_name = fields.String()
    credentials = fields.List(
        fields.String(), metadata=about("Degrees and licences that print after the name, in this order, such as LCSW.")
    )
    npi = fields.String(allow_none=True)
    taxonomy = fields.String(allow_none=True)


class PlaceSchema(Schema):
    """Where the service was given, as printed on its date."""

    name = fields.String(metadata=about("Name of the location as it prints."))
    place_of_service = fields.String(
        metadata=about(
            "Two-digit place of service code (CMS), such as 11 for an office or 10 for telehealth in the client's home."
        )
    )
    npi = fields.String(allow_none=True)
    phone = Phone(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)


class InvoiceLineSchema(PricedServiceSchema):
    """A line of an invoice, with its price."""

    rendering = fields.Nested(
        RenderingSchema,
        allow_none=True,
        dump_default=None,
        metadata=about("Who gave the service, as printed on its date; null in a draft."),
    )
    place = fields.Nested(
        PlaceSchema,
        allow_none=True,
        dump_default=None,
        metadata=about("Where the service was given, as printed on its date; null in a draft and without a location."),
    )


class AmendmentSchema(PricedServiceSchema):
    """What an amended note makes of an issued line, once somebody accepts it."""

    state = choice(AMENDMENT_STATES, "What became of it.", AMENDMENT_STATES)
    line_id = fields.UUID(metadata=about("Id of the line that was issued."))
    replacement_line_id = fields.UUID(
        allow_none=True, metadata=about("Id of the line that replaced it; null until it is accepted.")
    )
    holds = fields.List(
        fields.Nested(HoldReasonSchema),
        metadata=about("What has to be settled, or overridden with a reason, before it is accepted."),
    )
    override = fields.Nested(
        ReasonSchema, allow_none=True, metadata=about("Who accepted it although it was held; null: nobody did.")
    )


class BillerSchema(Schema):
    """Who bills: what the practice printed and billed under on the day of issue."""

    name = fields.String(metadata=about("The practice as its clients know it."))
    legal_name = fields.String(allow_none=True)
    npi = fields.String(allow_none=True)
    tax_id = fields.String(allow_none=True)
    taxonomy = fields.String(allow_none=True)
    phone = Phone(allow_none=True)
    fax = Phone(allow_none=True)
    email = Email(allow_none=True)
    address = fields.Nested(AddressSchema, allow_none=True)


class InvoiceSchema(Schema):
    """An invoice: what one client is billed for one appointment."""

    id = fields.UUID()
    status = status_of("Where it stands, by what was charged and paid.")
    overdue = fields.Boolean(
        metadata=about("Whether the client owes something of it after the day it was due, in the practice's time zone.")
    )
    number = fields.String(
        allow_none=True,
        metadata=about("Number of the invoice, without gaps per year, such as ML-2026-17; null in a draft."),
    )
    client_id = fields.UUID(metadata=about("Id of the client who is billed."))
    client_name = name_of_client()
    appointment_id = fields.UUID(metadata=about("Id of the appointment that is billed."))
    holds = fields.List(
        fields.Nested(HoldSchema),
        metadata=about("What has to be settled before it is issued; after issue, amendments that are pending."),
    )
    lines = fields.List(
        fields.Nested(InvoiceLineSchema),
        metadata=about("What is billed. A line that an amendment replaced is not among them."),
    )
    amendments = fields.List(
        fields.Nested(AmendmentSchema), metadata=about("What later versions of the note change about it, oldest first.")
    )
    note_amended_at = Instant(
        allow_none=True,
        metadata=about("When the note was last amended with no effect on what is billed; null: never."),
    )
    total_cents = fields.Integer(metadata=about("What is charged in all; in a draft, what it would charge."))
    client_due_cents = fields.Integer(metadata=about("What the client still owes of it; 0 in a draft."))
    insurance_due_cents = fields.Integer(metadata=about("What insurers still owe of it; 0 in a draft."))
    balance_cents = fields.Integer(
        metadata=about("What is still owed of it: `client_due_cents` + `insurance_due_cents`.")
    )
    written_off_cents = fields.Integer(metadata=about("What of it is written off, and was not reversed."))
    write_off_limit_cents = fields.Integer(
        allow_none=True,
        metadata=about(
            "The most that you may have written off of it in all, which the practice decides; null: there is no limit"
            " for you."
        ),
    )
    expected_client_cents = fields.Integer(
        allow_none=True, metadata=about("What the client will owe once this draft is issued; null in what is no draft.")
    )
    expected_insurance_cents = fields.Integer(
        allow_none=True, metadata=about("What insurers will owe once this draft is issued; null in what is no draft.")
    )
    issued_on = fields.Date(
        allow_none=True, metadata=about("Day on which it was issued, in the practice's time zone; null in a draft.")
    )
    due_on = fields.Date(
        allow_none=True,
        metadata=about(
            "Last day on which the client pays in time, in the practice's time zone; null in a draft that names none."
        ),
    )
    biller = fields.Nested(
        BillerSchema, allow_none=True, metadata=about("Who bills, as printed on the day of issue; null in a draft.")
    )
    memo = fields.String(allow_none=True, metadata=about("A text that the invoice prints for the client."))
    void_reason = fields.String(allow_none=True, metadata=about("Why it is void; null where it is not."))
    voided = fields.Nested(ReasonSchema, allow_none=True, metadata=about("Who voided it; null where it is not void."))
    override = fields.Nested(
        ReasonSchema, allow_none=True, metadata=about("Who issued it although it was held; null: nobody did.")
    )
    version = fields.Integer()
