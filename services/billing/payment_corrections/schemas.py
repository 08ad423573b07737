"""What undoing a payment asks."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, post_load

from services.billing.payment_corrections import rules
from shared.web.fields import text


class VoidPayment(Schema):
    """Why a payment was entered in error."""

    reason = text(500, "Why it is void. It is kept with the payment.", lines=True, required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.Undo:
        """As the command takes it."""
        return rules.Undo("void", data["reason"])


class BouncePayment(Schema):
    """That the bank took a payment back."""

    reason = text(
        500,
        "What the bank said, such as not sufficient funds. It is kept with the payment.",
        lines=True,
        load_default=None,
        allow_none=True,
    )

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> rules.Undo:
        """As the command takes it."""
        return rules.Undo("bounced", data["reason"])
