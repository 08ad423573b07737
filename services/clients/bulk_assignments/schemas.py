"""What is sent to assign somebody to many clients."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.clients.bulk_assignments.commands import ManyClients
from services.clients.bulk_assignments.rules import CLIENTS_MAX
from shared.web.fields import about
from shared.web.strict_fields import Id


class ManyClientsSchema(Schema):
    """A member of staff, and the clients whom they are to be assigned to."""

    staff_id = Id(required=True)
    client_ids = fields.List(
        Id(),
        required=True,
        validate=validate.Length(1, CLIENTS_MAX),
        metadata=about("Ids of clients, at most 1,000. One that stands there twice counts once."),
    )

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> ManyClients:
        return ManyClients(data["staff_id"], tuple(data["client_ids"]))
