"""How long a service may take, wherever minutes are taken, and so how far back the agenda looks for what goes on."""

from __future__ import annotations

from typing import Final

SERVICE_MINUTES_MAX: Final = 24 * 60
