"""The network that the running request came from, as the gateway vouches for it; None where it was not told."""

from __future__ import annotations

from contextvars import ContextVar

current: ContextVar[str | None] = ContextVar("client_network", default=None)
