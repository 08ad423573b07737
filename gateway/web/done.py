"""What a page says after something was done: sentences by a slug, so that an address holds the slug and no name."""

from __future__ import annotations

from typing import Final

DONE: Final = {
    "saved": "Saved.",
    "signed_out": "You are signed out.",
}
