"""What holds of passkeys. Pure.

Source: W3C Web Authentication level 3. A passkey counts as two factors: the device is one, and the person unlocks it
with a second (user verification), which is demanded each time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from shared.errors import Conflict, Invalid, Unauthenticated, Unavailable

CHALLENGE_LIFETIME: Final = timedelta(minutes=5)
PER_MEMBER_MAX: Final = 10
SIGN_IN: Final = b"passkey sign-in"
REGISTRATION: Final = b"passkey registration"
HANDLE_BYTES: Final = 32
LOOPBACK: Final = "localhost"


class BadPasskey(Unauthenticated):
    """The answer of the device does not prove anything: unknown passkey, wrong place, stale, repeated, not unlocked."""

    code = "bad_passkey"
    detail = "This passkey was not accepted. Try again, or sign in with your password."
    keeps_changes = True


class PasskeyNotMade(Invalid):
    """What came is not a fresh passkey of this place for this person."""

    code = "passkey_not_made"
    detail = "The passkey could not be added. Begin again."


class TooManyPasskeys(Conflict):
    """A member has as many as they may."""

    code = "too_many_passkeys"
    detail = f"At most {PER_MEMBER_MAX} passkeys. Remove one that you do not use."


class NoDomain(Unavailable):
    """Browsers make passkeys for domain names only; this installation is reached by a bare address."""

    code = "no_domain"
    detail = "Passkeys need PUBLIC_URL to name a host; this installation has none."


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """Who passkeys are for: the domain that they are bound to, and the one origin that may use them."""

    domain: str
    origin: str

    @classmethod
    def of(cls, public_url: str) -> RelyingParty:
        """From where the web app is reached. A loopback address goes by its name. Raises `NoDomain`."""
        parts = urlsplit(public_url)
        host = parts.hostname or ""
        with contextlib.suppress(ValueError):  # it is a name, as it should be
            host = LOOPBACK if ip_address(host).is_loopback else ""
        if not host or parts.scheme not in ("http", "https"):
            raise NoDomain()
        port = f":{parts.port}" if parts.port else ""
        return cls(host, f"{parts.scheme}://{host}{port}")


def was_asked_by_our_own_page(client_data: Mapping[str, Any]) -> bool:
    """Whether no other site's page stood around the one that asked: a browser says so in the client data, which the
    device signs.

    Source: WebAuthn level 3, sections 7.1 and 7.2, on `crossOrigin` and `topOrigin`. Older browsers leave both out.
    """
    return client_data.get("crossOrigin", False) is False and "topOrigin" not in client_data


def user_handle(organization_id: UUID, staff_id: UUID) -> bytes:
    """What the device keeps of whose passkey it is: two ids, nothing that tells anybody anything."""
    return organization_id.bytes + staff_id.bytes


def owner_of(handle: bytes) -> tuple[UUID, UUID] | None:
    """The organization and the member that a handle names; None for what is no handle."""
    if len(handle) != HANDLE_BYTES:
        return None
    return UUID(bytes=handle[:16]), UUID(bytes=handle[16:])


def good_until(now: datetime) -> bytes:
    """What a challenge says: until when it may be answered, in whole seconds since 1970 as eight bytes."""
    return int((now + CHALLENGE_LIFETIME).timestamp()).to_bytes(8, "big")


def is_still_good(expiry: bytes, now: datetime) -> bool:
    """Whether a challenge that says `said` may be answered now."""
    return now < ends_at(expiry)


def ends_at(expiry: bytes) -> datetime:
    """When a challenge that says `said` ends."""
    return datetime.fromtimestamp(int.from_bytes(expiry, "big"), UTC)
