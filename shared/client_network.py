"""Where the running request came from, as the gateway vouches for it; None where it was not told."""

from __future__ import annotations

from contextvars import ContextVar

# The network: /24 of IPv4, /48 of IPv6. It may be stored and shown.
current: ContextVar[str | None] = ContextVar("client_network", default=None)
# The address itself (the /64 of an IPv6 one), told for writes. At most its keyed fingerprint is stored.
address: ContextVar[str | None] = ContextVar("client_address", default=None)
# What the device cookie of a browser holds, told to identity for writes. At most keyed fingerprints are stored.
device: ContextVar[str | None] = ContextVar("client_device", default=None)
# True: so many sign-ins failed at this address that only an account that knows the device may be tried from there.
known_devices_only: ContextVar[bool] = ContextVar("known_devices_only", default=False)
