"""What billing tells of two clients who are one person."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.billing.client_merges.queries import COLLIDES
from shared.web.client_merges import MergePreviewSchema, collisions, count
from shared.web.fields import about


class BillingMovesSchema(Schema):
    """What the client who stays would take over in billing."""

    invoices = count("Invoices and drafts, with those that were voided.")
    payments = count("Payments, with those that were undone.")
    ledger_entries = count("Entries of the ledger.")


class BillingMergePreviewSchema(MergePreviewSchema):
    """What a merge would find in billing. It changes nothing."""

    moves = fields.Nested(BillingMovesSchema, metadata=about("What the client who stays would take over."))
    collides = collisions(COLLIDES)
