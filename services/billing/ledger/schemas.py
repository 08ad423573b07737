"""What a client's ledger looks like."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from shared.web.paging import PageQuery


class LedgerQuery(PageQuery):
    """Which page of a ledger."""

    order = fields.String(
        load_default="oldest",
        validate=validate.OneOf(("oldest", "newest")),
        metadata={"description": "Which end to begin with; a cursor belongs to its order."},
    )


class LedgerRowSchema(Schema):
    """One row."""

    on = fields.Date()
    kind = fields.String(metadata={"description": "charge, payment, refund, void, reversal."})
    description = fields.String()
    amount_cents = fields.Integer(metadata={"description": "Charges positive, payments negative."})
    balance_after_cents = fields.Integer()


class LedgerSchema(Schema):
    """A client's totals and a page of rows."""

    balance_cents = fields.Integer(metadata={"description": "Σ amounts over all entries; negative: credit."})
    credit_cents = fields.Integer(metadata={"description": "Client money not applied to any invoice."})
    insurance_due_cents = fields.Integer()
    entries = fields.List(fields.Nested(LedgerRowSchema))
    next_cursor = fields.String(allow_none=True)
