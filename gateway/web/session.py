"""The browser's session: the name of its cookie, and the proof that a request comes from one of our own pages.

The cookie is HttpOnly, so no script reads it, and Lax, so another site's form sends it with nothing but a plain link.
Every request that changes something must besides come from our own origin and carry a token that only our pages know.

A second cookie outlives the session: by it, identity knows a browser again with which somebody signed in, so that
strangers' failed sign-ins do not keep its owner out. It signs nobody in.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Request, Response

from shared.errors import Forbidden

SECURE_COOKIE: Final = "__Host-sid"
LOCAL_COOKIE: Final = "sid"
SECURE_DEVICE_COOKIE: Final = "__Host-device"
LOCAL_DEVICE_COOKIE: Final = "device"
LOCAL_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
LIFETIME_SECONDS: Final = 12 * 60 * 60
DEVICE_SECONDS: Final = 180 * 24 * 60 * 60
DEVICE: Final = re.compile(r"[A-Za-z0-9_-]{22}(\.[A-Za-z0-9_-]{22}){0,4}")
CSRF_FIELD: Final = "csrf"
CSRF_HEADER: Final = "X-CSRF-Token"
# With a refusal for the token alone: the page may ask for the new one.
OVERTAKEN_HEADER: Final = "Caseload-Old-Token"
_SECRET_BYTES: Final = 32


class NotFromOurPage(Forbidden):
    """A request to change something that did not come from one of our own pages, or from an old one."""

    code = "not_from_our_page"
    detail = "This did not come from a current page of Caseload. Load the page again and repeat it."


class OldToken(NotFromOurPage):
    """The request came from a page of ours, without the token of this session: another tab began a new one since."""


class NeedsHttps(Forbidden):
    """Somebody tries to sign in over plain HTTP from another machine."""

    code = "needs_https"
    detail = "Signing in needs HTTPS. Ask for the address that begins with https://."


def scheme_of(request: Request, trusted_proxies: int) -> str:
    """`http` or `https`, as the edge reports it; only where there is one."""
    if trusted_proxies and request.headers.get("X-Forwarded-Proto") in ("http", "https"):
        return request.headers["X-Forwarded-Proto"]
    return request.scheme


def cookie_name(request: Request, trusted_proxies: int) -> str | None:
    """What the session's cookie is called here; None where no session may be held: plain HTTP beyond this machine."""
    if scheme_of(request, trusted_proxies) == "https":
        return SECURE_COOKIE
    host = urlsplit(f"//{request.host}").hostname
    return LOCAL_COOKIE if host in LOCAL_NAMES else None


def ensure_safe_place(request: Request, trusted_proxies: int) -> None:
    """Raises `NeedsHttps` where no session may begin: before a password is looked at, or a practice made."""
    if cookie_name(request, trusted_proxies) is None:
        raise NeedsHttps()


def cookie_of(request: Request, trusted_proxies: int) -> str | None:
    """The session's cookie, where the browser sent one under the name that holds here."""
    name = cookie_name(request, trusted_proxies)
    return request.cookies.get(name) if name else None


def device_of(request: Request, trusted_proxies: int) -> str | None:
    """What the browser keeps of earlier sign-ins; None where it is nothing that identity made."""
    name = cookie_name(request, trusted_proxies)
    kept = request.cookies.get(_device_cookie(name)) if name else None
    return kept if kept and DEVICE.fullmatch(kept) else None


def begin(response: Response, request: Request, trusted_proxies: int, tokens: Mapping[str, Any]) -> None:
    """Give the browser its session, and what it keeps beyond it: the tokens of a sign-in. Raises `NeedsHttps`."""
    go_on(response, request, trusted_proxies, tokens["access_token"])
    name = cookie_name(request, trusted_proxies)
    if name is not None and tokens["device"]:
        _set(response, name, _device_cookie(name), tokens["device"], DEVICE_SECONDS)


def go_on(response: Response, request: Request, trusted_proxies: int, sid: str) -> None:
    """Give the browser the next cookie of its session. Raises `NeedsHttps`."""
    name = cookie_name(request, trusted_proxies)
    if name is None:
        raise NeedsHttps()
    _set(response, name, name, sid, LIFETIME_SECONDS)


def end(response: Response, request: Request, trusted_proxies: int) -> None:
    """Make the browser forget its session, and everything else that it keeps of us but that it is known."""
    name = cookie_name(request, trusted_proxies)
    if name is not None:
        response.delete_cookie(name, path="/", secure=name == SECURE_COOKIE, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def csrf_token(sid: str) -> str:
    """A token for forms of this session: masked anew for each page, so that compressing a page gives nothing away."""
    mask = secrets.token_bytes(_SECRET_BYTES)
    return base64.urlsafe_b64encode(mask + _xor(mask, _secret(sid))).decode()


def is_csrf_token(sid: str, token: str) -> bool:
    """Whether a page of this session was given this token."""
    try:
        given = base64.urlsafe_b64decode(token)
    except (binascii.Error, ValueError):
        return False
    mask, masked = given[:_SECRET_BYTES], given[_SECRET_BYTES:]
    return len(masked) == _SECRET_BYTES and hmac.compare_digest(_xor(mask, masked), _secret(sid))


def ensure_own_origin(request: Request, trusted_proxies: int) -> None:
    """Raises `NotFromOurPage` unless the browser says that a page of this very origin sent the request."""
    own = f"{scheme_of(request, trusted_proxies)}://{request.host}"
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin") or origin not in (None, own) or (site is None and origin is None):
        raise NotFromOurPage()


def _device_cookie(session_cookie: str) -> str:
    return SECURE_DEVICE_COOKIE if session_cookie == SECURE_COOKIE else LOCAL_DEVICE_COOKIE


def _set(response: Response, session_cookie: str, name: str, value: str, max_age_seconds: int) -> None:
    secure = session_cookie == SECURE_COOKIE
    response.set_cookie(name, value, max_age=max_age_seconds, path="/", secure=secure, httponly=True, samesite="Lax")


def _secret(sid: str) -> bytes:
    # Of the cookie, which nobody else knows: nothing has to be kept, and a new cookie ends what old pages may send.
    return hmac.digest(sid.encode(), b"caseload csrf", hashlib.sha256)


def _xor(some: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(some, other, strict=True))
