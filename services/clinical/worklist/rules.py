"""What stands on a worklist. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

# Drafts, past appointments without a note, notes that came back; notes and plans of supervisees; plans to review.
TO_DO: Final = ("draft", "no_note", "returned", "to_approve", "to_cosign", "plan_to_sign", "plan_due")
# Kinds on which somebody else acts next: they are listed only when a request names the kind.
KINDS: Final = (*TO_DO, "submitted")
COUNTED_MAX: Final = 1_000
LOOK_BACK: Final = timedelta(days=365)  # how far back a missing note is looked for
