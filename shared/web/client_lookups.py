"""The ids that a look-up of many clients takes: at most as many as a page of a list shows."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from shared.web.fields import about
from shared.web.strict_fields import Id

CLIENTS_MAX = 100


class ClientsLookup(Schema):
    """Ids of clients of whom something is wanted."""

    client_ids = fields.List(
        Id(),
        required=True,
        validate=validate.Length(max=CLIENTS_MAX),
        metadata=about(f"Ids of clients, at most {CLIENTS_MAX}."),
    )
