"""What a client's ledger looks like."""

from __future__ import annotations

from marshmallow import Schema, fields

from shared.web.fields import about, choice
from shared.web.paging import PageQuery

KINDS = {
    "charge": "an invoice, or the line that an amendment put in",
    "payment": "money that came in",
    "refund": "credit that was given back",
    "payment_void": "a payment that was entered in error",
    "bounce": "a payment that the bank took back",
    "void": "an invoice that no longer counts",
    "reversal": "a line that an amendment took out",
    "write_off": "a part of an invoice that the practice gave up",
    "write_off_reversal": "a write-off that no longer counts",
}


class LedgerQuery(PageQuery):
    """Which page of a ledger."""

    order = choice(
        ("oldest", "newest"),
        "Which entries come first. A cursor belongs to its order.",
        {"oldest": "in the order of posting", "newest": "the other way round"},
        load_default="oldest",
    )


class LedgerRowSchema(Schema):
    """An entry of a client's ledger: something that changed their balance."""

    on = fields.Date(
        metadata=about(
            "Day on which it was posted, in the practice's time zone; of a payment, the day it was received."
        )
    )
    kind = choice(KINDS, "What changed the balance.", KINDS)
    description = fields.String(
        metadata=about("The entry in words, as statements show it, such as Invoice ML-2026-17.")
    )
    amount_cents = fields.Integer(
        metadata=about("By how much the balance changed: charges are positive, payments negative.")
    )
    invoice_id = fields.UUID(
        allow_none=True, metadata=about("Id of the invoice that it is about; null where it is about money alone.")
    )
    payment_id = fields.UUID(
        allow_none=True, metadata=about("Id of the payment that came in, was given back or undone; null otherwise.")
    )
    balance_after_cents = fields.Integer(metadata=about("The client's balance after this entry."))


class LedgerSchema(Schema):
    """A client's totals, and a page of their ledger. Drafts are not in it."""

    balance_cents = fields.Integer(
        metadata=about(
            "What the client owes less their credit: the sum of all entries. Negative: the practice holds credit."
        )
    )
    credit_cents = fields.Integer(metadata=about("The client's money that lies on no invoice."))
    insurance_due_cents = fields.Integer(metadata=about("What insurers owe for the client. It is not in the balance."))
    entries = fields.List(
        fields.Nested(LedgerRowSchema),
        metadata=about("The entries of this page, in the order of posting; `order` turns it round."),
    )
    next_cursor = fields.String(allow_none=True)
