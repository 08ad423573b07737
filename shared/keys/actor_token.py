"""The signed statement of who asks, from the gateway to a service (ES256, 30 seconds).

Services trust no header but this one. A token for a read names subject, organization, session, levels and
grants, and serves for any GET of that session; a token for a write is bound to method, path and body, and
is used once. A request before sign-in carries a token of the subject `public`: that, too, only the gateway makes.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
from cachetools import TTLCache
from joserfc import jws
from joserfc.errors import InvalidClaimError, JoseError
from joserfc.jwk import ECKey
from joserfc.jwt import ClaimsOption, JWTClaimsRegistry

from shared import clock
from shared.actor import Caller
from shared.actor_slugs import caller_of, slugs_of
from shared.errors import Unauthenticated
from shared.ids import new_id
from shared.keys.public import PublicKeys
from shared.keys.signing import SigningKeyFile

HEADER: Final = "Caseload-Actor"
TYPE: Final = "caseload-actor+jwt"
PUBLIC: Final = "public"
GATEWAY: Final = "gateway"
LIFETIME_SECONDS: Final = 30
LEEWAY_SECONDS: Final = 5
TOKEN_BYTES_MAX: Final = 4096
CACHED_TOKENS_MAX: Final = 10_000
PLACE_CHARACTERS_MAX: Final = 128
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})


class BadActorToken(Unauthenticated):
    """No actor token, or one that was not made by the gateway for exactly this request."""

    code = "bad_actor_token"
    detail = "This service answers only requests that come through the gateway."


@dataclass(frozen=True, slots=True)
class Claims:
    """A verified token: the actor (None for `public` and `gateway`), its subject, and its single-use id for writes."""

    subject: str
    actor: Caller | None
    token_id: UUID
    expires_at: int  # seconds since the epoch
    binding: tuple[str, str, str] | None  # method, path, sha256 of the body
    network: str | None = None  # where the request came from, as coarse as a network
    address: str | None = None  # the address itself, /64 of an IPv6 one; told for writes
    device: str | None = None  # what the device cookie of a browser holds; told to identity for writes
    known_devices_only: bool = False  # a sign-in may be tried only for accounts that know the device


def body_digest(body: bytes) -> bytes:
    """The SHA-256 of a body, to which a write token is bound."""
    return hashlib.sha256(body).digest()


def bound_to(digest: bytes) -> str:
    """The hash of a body as the claim `bsha256` writes it: base64url without padding."""
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


class TokenMaker:
    """The gateway's side: signs tokens with its newest private key, whose file's stem is the key id."""

    def __init__(self, key_file: Path) -> None:
        self._files = SigningKeyFile(key_file)
        self._loaded = self._load(self._files.current())

    @staticmethod
    def _load(file: Path) -> tuple[Path, dict[str, str], ECKey]:
        return file, {"alg": "ES256", "typ": TYPE, "kid": file.stem}, ECKey.import_key(file.read_bytes())

    @property
    def key_id(self) -> str:
        """The key that the next token is signed with."""
        return self._files.current().stem

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """The public halves of every key that this gateway signs, signed or is about to sign with (RFC 7517)."""
        keys = []
        for file in self._files.all():
            public = ECKey.import_key(file.read_bytes()).as_dict(private=False)
            keys.append({**public, "kid": file.stem, "use": "sig", "alg": "ES256"})
        return {"keys": keys}

    def make(
        self,
        service: str,
        actor: Caller | None,
        *,
        subject: str | None = None,
        write: tuple[str, str, bytes] | None,
        network: str | None = None,
        address: str | None = None,
        device: str | None = None,
        known_devices_only: bool = False,
    ) -> str:
        """A token for `service`; `write` is (method, path, SHA-256 of the body), None for reads.

        `network`, `address` and `device`: where the request came from.
        """
        now = int(clock.now().timestamp())
        claims: dict[str, Any] = {
            "iss": GATEWAY,
            "aud": service,
            "sub": subject or (str(actor.actor_id) if actor else PUBLIC),
            "jti": str(new_id()),
            "iat": now,
            "exp": now + LIFETIME_SECONDS,
        }
        if actor:
            levels, grants = slugs_of(actor)
            claims |= {
                "org": str(actor.organization_id),
                "sid": str(actor.session_id) if actor.session_id else None,
                "levels": levels,
                "grants": grants,
            }
        if write:
            method, path, digest = write
            claims |= {"htm": method, "htu": path, "bsha256": bound_to(digest)}
        claims |= {name: place for name, place in (("net", network), ("adr", address), ("dev", device)) if place}
        if known_devices_only:
            claims["kdo"] = True
        current = self._files.current()
        loaded = self._loaded
        if loaded[0] != current:
            self._loaded = loaded = self._load(current)
        _, header, key = loaded
        return jws.serialize_compact(header, orjson.dumps(claims), key, algorithms=["ES256"])


class _ClaimsOfOneService(JWTClaimsRegistry):
    """The standard's checks (RFC 7519), but a token is for one service: no list of audiences, whatever is in it."""

    def __init__(self, service: str) -> None:
        must = {name: ClaimsOption(essential=True) for name in ("sub", "jti", "iat", "exp")}
        super().__init__(
            now=lambda: int(clock.now().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": GATEWAY},
            aud={"essential": True, "value": service},
            **must,
        )

    def validate_aud(self, value: object) -> None:
        if not isinstance(value, str):
            raise InvalidClaimError("aud")
        super().validate_aud(value)


class TokenVerifier:
    """A service's side. Verified tokens are remembered by their hash until they expire."""

    def __init__(self, service: str, keys: PublicKeys) -> None:
        self._keys = keys
        self._registry = _ClaimsOfOneService(service)
        self._lock = threading.Lock()
        # By the state of the keys besides: what a key verified is not known any longer once it has been taken away.
        self._verified: TTLCache[tuple[int, bytes], Claims] = TTLCache(
            CACHED_TOKENS_MAX, LIFETIME_SECONDS + LEEWAY_SECONDS, clock.monotonic
        )

    def verify(self, token: str | None, method: str, path: str, digest: bytes) -> Claims:
        """The claims of a token that fits this request; raises `BadActorToken` otherwise.

        `digest`: the SHA-256 of the body.
        """
        if not token or len(token) > TOKEN_BYTES_MAX:
            raise BadActorToken()
        known_as = (self._keys.generation(), hashlib.sha256(token.encode("latin-1", "replace")).digest())
        with self._lock:
            claims = self._verified.get(known_as)
        if claims is None:
            claims = self._read(token)
            with self._lock:
                self._verified[known_as] = claims
        if clock.now().timestamp() > claims.expires_at + LEEWAY_SECONDS:
            raise BadActorToken()
        if claims.binding is None:
            if method not in SAFE_METHODS:
                raise BadActorToken()
        elif claims.binding != (method, path, bound_to(digest)):
            raise BadActorToken()
        return claims

    def _read(self, token: str) -> Claims:
        try:
            header = jws.extract_compact(token.encode()).headers()
            if set(header) != {"alg", "typ", "kid"} or header["alg"] != "ES256" or header["typ"] != TYPE:
                raise BadActorToken()
            pem = self._keys.pem(str(header["kid"]), owner=GATEWAY)
            if pem is None:
                raise BadActorToken()
            payload = jws.deserialize_compact(token, ECKey.import_key(pem), algorithms=["ES256"]).payload
            return self._claims(orjson.loads(payload))
        except (JoseError, ValueError, KeyError, TypeError, UnicodeError) as error:
            raise BadActorToken() from error

    def _claims(self, claims: Any) -> Claims:
        if not isinstance(claims, dict):
            raise BadActorToken()
        self._registry.validate(claims)
        if not 0 < claims["exp"] - claims["iat"] <= LIFETIME_SECONDS:
            raise BadActorToken()
        subject = claims["sub"]
        actor = None
        if subject not in (PUBLIC, GATEWAY):
            session_id = UUID(claims["sid"]) if claims.get("sid") else None
            actor = caller_of(UUID(claims["org"]), UUID(subject), claims["levels"], claims["grants"], session_id)
        binding = (claims["htm"], claims["htu"], claims["bsha256"]) if "htm" in claims else None
        network, address, device = places = [claims.get(name) for name in ("net", "adr", "dev")]
        if not all(
            place is None or (isinstance(place, str) and len(place) <= PLACE_CHARACTERS_MAX) for place in places
        ):
            raise BadActorToken()
        return Claims(
            subject,
            actor,
            UUID(claims["jti"]),
            int(claims["exp"]),
            binding,
            network,
            address,
            device,
            known_devices_only=claims.get("kdo") is True,
        )
