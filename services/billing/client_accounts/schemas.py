"""How an answer of billing names the client it is about, and what clients owe."""

from __future__ import annotations

from marshmallow import Schema, fields

from shared.web.fields import about


def name_of_client() -> fields.String:
    """A field that says what the client is called, from billing's own copy."""
    return fields.String(
        allow_none=True,
        metadata=about(
            "What the client is called: the preferred or else the given name, and the family name. null: the asker may "
            "not read clients, or the client was added a moment ago."
        ),
    )


class BalanceSchema(Schema):
    """What a client owes."""

    client_id = fields.UUID(metadata=about("Id of the client."))
    balance_cents = fields.Integer(
        metadata=about(
            "What the client owes less their credit, as the ledger says. Negative: the practice holds credit."
        )
    )


class BalancesSchema(Schema):
    """Those of the clients whose money the person may see."""

    items = fields.List(fields.Nested(BalanceSchema), metadata=about("One entry per client, in the order of the ids."))
