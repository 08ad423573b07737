"""What sessions that nothing bills look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from services.billing.client_accounts.schemas import name_of_client
from services.billing.unbilled_sessions.rules import DraftWanted
from shared.web.fields import about
from shared.web.paging import PageQuery, page_of
from shared.web.strict_fields import Id


class DraftAgain(Schema):
    """Whose share of the appointment is drafted."""

    client_id = Id(required=True, metadata=about("Id of a client whose note documents the appointment."))

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> DraftWanted:
        """As the command takes it."""
        return DraftWanted(**data)


class UnbilledSessionSchema(Schema):
    """A documented session of a client that nothing bills: its last invoice is void."""

    appointment_id = Id()
    client_id = Id()
    client_name = name_of_client()
    service_date = fields.Date(
        metadata=about("Date of service: the day on which the appointment began, in its own time zone.")
    )
    invoice_id = Id(metadata=about("Id of the last invoice, which is void."))
    reason = fields.String(metadata=about("Why the last invoice is void."))
    voided_on = fields.Date(metadata=about("Day on which it was voided, in the practice's time zone."))


class UnbilledQuery(PageQuery):
    """Which sessions."""

    client_id = Id(load_default=None, metadata=about("Only sessions of this client."))


UnbilledSessionsPage = page_of(UnbilledSessionSchema, "In the order in which the appointments were booked.")
