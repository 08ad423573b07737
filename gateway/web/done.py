"""What a page says after something was done: sentences by a slug, so that an address holds the slug and no name."""

from __future__ import annotations

from typing import Final

DONE: Final = {
    "app_off": "The authenticator app is off.",
    "confirmation_sent": "A new link is on its way.",
    "email_change_mailed": "A link is on its way to the new address.",
    "joined": "Your password is set. Welcome.",
    "passkey_added": "The passkey is added.",
    "passkey_removed": "The passkey is removed.",
    "password_changed": "Your password is changed. You are signed out everywhere else.",
    "password_set": "Your new password is set. Sign in with it.",
    "saved": "Saved.",
    "deactivated": "Deactivated, and signed out everywhere.",
    "handed_over": "The work is on its way to the successor.",
    "reactivated": "They may sign in again.",
    "api_client_revoked": "The API client is revoked.",
    "permissions_saved": "The permissions are saved. They take effect within seconds.",
    "licence_kept": "The licence is saved.",
    "licence_removed": "The licence is removed.",
    "invitation_revoked": "The invitation no longer works.",
    "logo_saved": "The logo prints from today on.",
    "logo_removed": "The logo is removed. Earlier documents keep it.",
    "policy_added": "The version is added.",
    "printing_saved": "What prints is recorded.",
    "location_added": "The location is added. It can be booked at once.",
    "location_closed": "The location is closed. Nothing new is booked there.",
    "location_opened": "The location is open again.",
    "reviewed": "The review is recorded.",
    "service_added": "The service is added. It can be booked at once.",
    "service_deactivated": "The service is deactivated. It can no longer be booked.",
    "service_activated": "The service is active again.",
    "rate_added": "The rate is added.",
    "session_ended": "The session has ended.",
    "setup_hidden": "The first steps are hidden. Home brings them back.",
    "signed_up": "Your practice is ready. We mailed you a link to confirm your address.",
    "signed_out": "You are signed out.",
    "signed_out_elsewhere": "You are signed out everywhere else.",
    "works_alone": "Nobody else works here. You can add staff at any time.",
}
