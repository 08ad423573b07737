"""What a page says after something was done: sentences by a slug, so that an address holds the slug and no name."""

from __future__ import annotations

from typing import Final

DONE: Final = {
    "confirmation_sent": "A new link is on its way.",
    "joined": "Your password is set. Welcome.",
    "password_set": "Your new password is set. Sign in with it.",
    "saved": "Saved.",
    "permissions_saved": "The permissions are saved. They take effect within seconds.",
    "licence_kept": "The licence is saved.",
    "licence_removed": "The licence is removed.",
    "invitation_revoked": "The invitation no longer works.",
    "service_added": "The service is added. It can be booked at once.",
    "service_deactivated": "The service is deactivated. It can no longer be booked.",
    "service_activated": "The service is active again.",
    "rate_added": "The rate is added.",
    "setup_hidden": "The first steps are hidden. Home brings them back.",
    "signed_up": "Your practice is ready. We mailed you a link to confirm your address.",
    "signed_out": "You are signed out.",
    "works_alone": "Nobody else works here. You can add staff at any time.",
}
