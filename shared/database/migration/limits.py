"""How long a statement of a migration may wait and run, as PostgreSQL writes it."""

from __future__ import annotations

from typing import Final

LOCK_TIMEOUT: Final = "5s"  # a waiting migration must not queue every reader behind it
STATEMENT_TIMEOUT: Final = "120s"
