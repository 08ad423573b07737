"""The names of the services: the one list of them."""

from __future__ import annotations

from typing import Final

SERVICES: Final = ("identity", "clients", "clinical", "billing")
KEEP_FILES: Final = ("identity",)  # they need a place for files and the key that wraps data keys
