"""What becomes of each client of a bulk assignment. Pure."""

from __future__ import annotations

from typing import Final

CLIENTS_MAX: Final = 1_000
CLIENT_UNKNOWN: Final = "not_found"
