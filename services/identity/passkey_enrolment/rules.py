"""What the owner of an account is told by mail about its passkeys. Pure."""

from __future__ import annotations

from typing import Final

PASSKEY_ADDED: Final = "A passkey was added to your account"
PASSKEY_REMOVED: Final = "A passkey was removed from your account"
