"""What a client's ledger looks like."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.billing.ledger.rules import KINDS
from shared.web.fields import Day, Several, about, choice
from shared.web.paging import PageQuery
from shared.web.reports import file_format


def _kind(description: str) -> fields.String:
    return choice(KINDS, description, KINDS)


class LedgerQuery(PageQuery):
    """Which page of a ledger, and which entries. Where some are chosen they come by day, then as they were posted."""

    first = Day(load_default=None, data_key="from", metadata=about("Only entries of this day or later."))
    last = Day(load_default=None, data_key="to", metadata=about("Only entries of this day or earlier."))
    kind = Several(_kind("One kind."), "Only entries of these kinds.", len(KINDS), load_default=None)
    order = choice(
        ("oldest", "newest"),
        "Which entries come first. A cursor belongs to its order and its choice of entries.",
        {"oldest": "in the order of posting, or by day", "newest": "the other way round"},
        load_default="oldest",
    )
    format = file_format()


class LedgerRowSchema(Schema):
    """An entry of a client's ledger: something that changed their balance."""

    client_id = fields.UUID(
        metadata=about("Id of the client whose entry it is: of this one, or of one who was merged into them.")
    )
    on = fields.Date(
        metadata=about(
            "Day on which it was posted, in the practice's time zone; of a payment, the day it was received."
        )
    )
    kind = _kind("What changed the balance.")
    description = fields.String(
        metadata=about("The entry in words, as statements show it, such as Invoice ML-2026-17.")
    )
    amount_cents = fields.Integer(
        metadata=about("By how much the balance changed: charges are positive, payments negative.")
    )
    invoice_id = fields.UUID(
        allow_none=True,
        metadata=about(
            "Id of the invoice that it is about; null where it is about money alone, or on one you may not see."
        ),
    )
    payment_id = fields.UUID(
        allow_none=True,
        metadata=about(
            "Id of the payment that came in, was given back or undone; null otherwise, or where you may not see it."
        ),
    )
    balance_after_cents = fields.Integer(
        metadata=about(
            "The client's balance after this entry and all that come before it, of whatever kind: in the order of "
            "posting, or by day where entries were chosen."
        )
    )


class LedgerSchema(Schema):
    """A client's totals, and a page of their ledger. Drafts are not in it."""

    balance_cents = fields.Integer(
        metadata=about(
            "What the client owes less their credit: the sum of all entries. Negative: the practice holds credit."
        )
    )
    credit_cents = fields.Integer(metadata=about("The client's money that lies on no invoice."))
    insurance_due_cents = fields.Integer(metadata=about("What insurers owe for the client. It is not in the balance."))
    paid_this_year_cents = fields.Integer(
        metadata=about(
            "What the client paid in this year of the practice's time zone, less what was given or taken back in it: "
            "its entries of the kinds `payment`, `refund`, `payment_void` and `bounce`, with the sign turned."
        )
    )
    opening_balance_cents = fields.Integer(metadata=about("The client's balance before the day `from`. 0 without one."))
    closing_balance_cents = fields.Integer(
        metadata=about(
            "The client's balance at the end of the day `to`; without one, `balance_cents`. It is the opening balance, "
            "all entries that were chosen, and `other_kinds_cents`."
        )
    )
    other_kinds_cents = fields.Integer(
        metadata=about("What the entries of these days come to that `kind` leaves out. 0 without `kind`.")
    )
    entries = fields.List(
        fields.Nested(LedgerRowSchema),
        metadata=about("The entries of this page: in the order of posting, or by day; `order` turns it round."),
    )
    next_cursor = fields.String(allow_none=True)
