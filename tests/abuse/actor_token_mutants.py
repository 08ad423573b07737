"""Actor tokens that must not pass, each made from a good one by one change. Names are those of the abuse cases."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from shared import clock
from shared.ids import new_id
from shared.keys.actor_token import TYPE, body_digest, bound_to
from shared.testing.web import Keys

Claims = dict[str, Any]
Signature = Callable[[bytes], bytes]
HEADER = {"alg": "ES256", "typ": TYPE, "kid": "gateway.1"}


def good_claims(service: str, method: str, path: str, body: bytes) -> Claims:
    """What the gateway would say about an administrator's request."""
    now = int(clock.now().timestamp())
    claims: Claims = {
        "iss": "gateway",
        "aud": service,
        "sub": str(new_id()),
        "jti": str(new_id()),
        "iat": now,
        "exp": now + 30,
        "org": str(new_id()),
        "sid": str(new_id()),
        "levels": ["default", "organization_administration"],
        "grants": [],
    }
    if method not in ("GET", "HEAD"):
        claims |= {"htm": method, "htu": path, "bsha256": bound_to(body_digest(body))}
    return claims


def signed_by(file: Path) -> Signature:
    """ES256 as RFC 7518 has it: r and s, 32 bytes each."""
    key = load_pem_private_key(file.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)

    def sign(signed: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(signed, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


def compact(header: Any, claims: Any, sign: Signature) -> str:
    """A JWS in compact serialization, of whatever it is given."""
    head = _encode(header if isinstance(header, bytes) else orjson.dumps(header))
    body = _encode(claims if isinstance(claims, bytes) else orjson.dumps(claims))
    signed = f"{head}.{body}".encode()
    return f"{head}.{body}.{_encode(sign(signed))}"


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def mutants(keys: Keys, service: str, method: str, path: str, body: bytes) -> Iterator[tuple[str, str]]:
    """(name, token) of every mutant for that request."""
    good = good_claims(service, method, path, body)
    gateway = signed_by(keys.private_file("gateway"))
    public = (keys.public / "gateway.1.pem").read_bytes()
    now = int(clock.now().timestamp())

    yield from _headers(good, gateway, keys, public)
    changed: dict[str, Claims] = {
        "A-TOK-aud-of-another-service": {"aud": "billing" if service != "billing" else "clients"},
        "A-TOK-aud-missing": {"aud": None},
        "A-TOK-aud-a-list": {"aud": [service, "x"]},
        "A-TOK-iss-a-service": {"iss": service},
        "A-TOK-iss-missing": {"iss": None},
        "A-TOK-expired": {"iat": now - 90, "exp": now - 60},
        "A-TOK-not-yet": {"iat": now + 600, "exp": now + 630},
        "A-TOK-lives-too-long": {"exp": now + 3600},
        "A-TOK-lives-for-ever": {"exp": 2**62},
        "A-TOK-expires-before-issued": {"exp": now - 1},
        "A-TOK-exp-missing": {"exp": None},
        "A-TOK-exp-text": {"exp": "tomorrow"},
        "A-TOK-exp-a-number-as-text": {"exp": str(now + 30)},
        "A-TOK-exp-not-a-number": {"exp": [now + 30]},
        "A-TOK-iat-missing": {"iat": None},
        "A-TOK-sub-missing": {"sub": None},
        "A-TOK-sub-not-an-id": {"sub": "administrator"},
        "A-TOK-org-missing": {"org": None},
        "A-TOK-org-not-an-id": {"org": "' OR 1=1 --"},
        "A-TOK-jti-missing": {"jti": None},
        "A-TOK-jti-not-an-id": {"jti": "1"},
        "A-TOK-levels-missing": {"levels": None},
        "A-TOK-sub-public": {"sub": "public"},
        "A-TOK-sub-gateway": {"sub": "gateway"},
    }
    for name, change in changed.items():
        claims = {key: value for key, value in {**good, **change}.items() if value is not None}
        yield name, compact(HEADER, claims, gateway)
    yield "A-TOK-claims-not-json", compact(HEADER, b"{", gateway)
    yield "A-TOK-claims-a-list", compact(HEADER, [good], gateway)
    if method in ("GET", "HEAD"):
        other = {"htm": method, "htu": path + "/x", "bsha256": bound_to(body_digest(body))}
        yield "A-TOK-bound-to-another-path", compact(HEADER, {**good, **other}, gateway)
    else:
        for name, change in {
            "A-TOK-lifted-to-another-method": {"htm": "PATCH" if method != "PATCH" else "POST"},
            "A-TOK-lifted-to-another-path": {"htu": path + "x"},
            "A-TOK-lifted-to-another-body": {"bsha256": bound_to(body_digest(body + b" "))},
        }.items():
            yield name, compact(HEADER, {**good, **change}, gateway)
        unbound = {key: value for key, value in good.items() if key not in ("htm", "htu", "bsha256")}
        yield "A-TOK-read-token-for-a-write", compact(HEADER, unbound, gateway)
    whole = compact(HEADER, good, gateway)
    head, claims_part, signature = whole.split(".")
    flipped = ("A" if signature[10] != "A" else "B").join((signature[:10], signature[11:]))
    yield "A-TOK-signature-cut-off", f"{head}.{claims_part}."
    yield "A-TOK-signature-changed", f"{head}.{claims_part}.{flipped}"
    yield "A-TOK-signature-zero", f"{head}.{claims_part}.{_encode(bytes(64))}"
    elevated = _encode(orjson.dumps({**good, "levels": ["organization_administration"]}))
    yield "A-TOK-claims-changed-after-signing", f"{head}.{elevated}.{signature}"
    yield "A-TOK-two-parts", f"{head}.{claims_part}"
    yield "A-TOK-four-parts", f"{whole}.{signature}"
    yield "A-TOK-white-space", whole.replace(".", " .")
    yield "A-TOK-too-long", compact(HEADER, {**good, "padding": "x" * 5000}, gateway)


def _headers(good: Claims, gateway: Signature, keys: Keys, public: bytes) -> Iterator[tuple[str, str]]:
    def with_header(**change: Any) -> dict[str, Any]:
        return {key: value for key, value in {**HEADER, **change}.items() if value is not None}

    def hmac_of_the_public_key(signed: bytes) -> bytes:
        return hmac.new(public, signed, hashlib.sha256).digest()

    stranger = Keys(["gateway"])
    strangers_signature = signed_by(stranger.private_file("gateway"))
    yield "A-TOK-none", ""
    yield "A-TOK-nonsense", "nonsense"
    yield "A-TOK-alg-none", compact(with_header(alg="none"), good, lambda _signed: b"")
    yield "A-TOK-alg-None", compact(with_header(alg="None"), good, lambda _signed: b"")
    yield "A-TOK-alg-HS256-with-the-public-key", compact(with_header(alg="HS256"), good, hmac_of_the_public_key)
    yield "A-TOK-alg-ES256K", compact(with_header(alg="ES256K"), good, gateway)
    yield "A-TOK-alg-missing", compact(with_header(alg=None), good, gateway)
    yield "A-TOK-typ-missing", compact(with_header(typ=None), good, gateway)
    yield "A-TOK-typ-jwt", compact(with_header(typ="JWT"), good, gateway)
    yield "A-TOK-kid-missing", compact(with_header(kid=None), good, gateway)
    yield "A-TOK-kid-unknown", compact(with_header(kid="gateway.9"), good, gateway)
    yield "A-TOK-kid-a-path", compact(with_header(kid="../private/gateway.1"), good, gateway)
    yield "A-TOK-kid-a-query", compact(with_header(kid="gateway.1' OR '1"), good, gateway)
    yield "A-TOK-kid-a-number", compact(with_header(kid=1), good, gateway)
    yield "A-TOK-kid-of-a-service", compact(with_header(kid="clients.1"), good, signed_by(keys.private_file("clients")))
    yield "A-TOK-key-of-a-service", compact(HEADER, good, signed_by(keys.private_file("clinical")))
    yield "A-TOK-key-of-a-stranger", compact(HEADER, good, strangers_signature)
    for name in ("jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "cty", "nonsense"):
        value: Any = {"kty": "EC"} if name == "jwk" else ["b64"] if name == "crit" else "https://evil.test"
        yield f"A-TOK-header-{name}", compact(with_header(**{name: value}), good, gateway)
    yield "A-TOK-header-a-list", compact([HEADER], good, gateway)
    yield "A-TOK-header-not-json", compact(b"{", good, gateway)
