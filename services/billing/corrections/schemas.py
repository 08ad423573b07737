"""What requests and answers of corrections look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from services.billing.charges.schemas import REASON_CHARACTERS_MAX, OverrideSchema
from services.billing.corrections.rules import Acceptance, Void
from services.billing.invoices.schemas import InvoiceSchema
from shared.web.fields import about, flag, text
from shared.web.strict_fields import Id


class VoidInvoice(Schema):
    """Why an invoice is void, and whether its appointment is billed again."""

    reason = text(REASON_CHARACTERS_MAX, "Why it is void. It is kept with the invoice.", lines=True, required=True)
    redraft = flag(
        "Whether to draft another invoice for the appointment. false: it stands among the unbilled sessions until"
        " somebody drafts it. Default: true.",
        load_default=True,
        allow_none=True,
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Void:
        """As the command takes it."""
        return Void(data["reason"], redraft=data["redraft"] is not False)


class VoidedInvoiceSchema(InvoiceSchema):
    """A void invoice, and the draft that bills its appointment again."""

    redraft_invoice_id = Id(allow_none=True, metadata=about("Id of the new draft; null where none was made."))


class AcceptAmendment(Schema):
    """Accept what an amended note changes about an issued line."""

    service_type_id = Id(
        load_default=None,
        allow_none=True,
        metadata=about("Id of the service that was given, where it is another than the amendment says."),
    )
    override = fields.Nested(
        OverrideSchema, load_default=None, allow_none=True, metadata=about("Accept it although it is held.")
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Acceptance:
        """As the command takes it."""
        return Acceptance(service_type_id=data["service_type_id"], override_reason=data["override"])
