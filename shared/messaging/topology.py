"""What a bus holds, whichever it is: a queue per service, what each is bound to, delays and limits."""

from __future__ import annotations

from typing import Final

from shared.contracts.envelope import CONTRACTS

PREFETCH: Final = 200
RETRY_DELAYS_SECONDS: Final = (1, 5, 30, 120, 600)
DELIVERY_LIMIT: Final = 20  # a message that was handed out so often without being finished is dead
ATTEMPT_HEADER: Final = "attempt"


def bindings(service: str) -> list[str]:
    """The routing keys of a service's queue: the event types it consumes, and receipts for what it produced."""
    return sorted(type_ for type_, contract in CONTRACTS.items() if service in contract.consumers) + [
        receipts_key(service)
    ]


def receipts_key(producer: str) -> str:
    """The routing key of receipts that tell `producer` what has arrived."""
    return f"{producer}.receipts.v1"
