"""Where the running request came from: the client's network, as the gateway vouches for it (None: not told)."""

from __future__ import annotations

from contextvars import ContextVar

network: ContextVar[str | None] = ContextVar("network", default=None)
