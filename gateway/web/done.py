"""What a page says after something was done: sentences by a slug, so that an address holds the slug and no name."""

from __future__ import annotations

from typing import Final

DONE: Final = {
    "saved": "Saved.",
    "setup_hidden": "The first steps are hidden. Home brings them back.",
    "signed_out": "You are signed out.",
    "works_alone": "Nobody else works here. You can add staff at any time.",
}
