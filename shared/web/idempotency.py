"""`Idempotency-Key`: the same key and body get the first answer again, and the effect happens once.

The answer is stored in the transaction of the effect, so there is no moment at which one exists without the
other. It is sealed under a key derived from the Idempotency-Key itself, of which we keep only a hash: an
answer may hold a token that is shown once, or a person's data, and this table must not be a place to find them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, DateTime, Integer, LargeBinary, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID

from shared import clock
from shared.database.connection import Statement
from shared.database.many_rows import insert_along
from shared.database.session import COMMON, Row, Session, set_tenant
from shared.errors import Conflict, FieldError, Invalid
from shared.ids import NIL

KEY_CHARACTERS_MAX: Final = 255


class InFlight(Conflict):
    """The first request with this key is still being worked on."""

    code = "in_flight"
    detail = "A request with this Idempotency-Key is being worked on. Ask again in a moment."


class KeyReused(Invalid):
    """The same key with another body would hide one of the two effects."""

    code = "idempotency_key_reused"
    detail = "This Idempotency-Key was used with another body."


# One row per (organization, actor, route, key).
IDEMPOTENCY_KEYS = Table(
    "idempotency_keys",
    COMMON,
    Column("organization_id", PgUUID(as_uuid=True), primary_key=True),
    Column("scope", LargeBinary, primary_key=True),  # hash of actor, method, path and key
    Column("body_digest", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Column("about", JSONB),  # what the first answer's audit entry said: ids and slugs
    Column("created_at", DateTime(timezone=True), nullable=False, index=True),
)


TRY_LOCK: Final = b"SELECT pg_try_advisory_xact_lock(%s)"
# A statement of its own: it sees what was committed before the lock was had.
FIRST_ANSWER: Final = (
    b"SELECT body_digest, status, answer, about FROM idempotency_keys WHERE organization_id = %s AND scope = %s"
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A first answer: HTTP status, body bytes, and what its audit entry said."""

    status: int
    body: bytes
    about: dict[str, Any]


class IdempotentRequest:
    """One keyed POST: `replay` first, then the effect, then `keep`, all in one transaction."""

    def __init__(
        self,
        key: str,
        organization_id: UUID | None,
        actor_id: UUID | None,
        method: str,
        path: str,
        digest: bytes,
    ) -> None:
        """`digest`: the SHA-256 of what the request says, mostly of its body."""
        if not key or len(key) > KEY_CHARACTERS_MAX or not key.isascii() or not key.isprintable():
            raise Invalid.field(
                "Idempotency-Key", "invalid", f"Send 1 to {KEY_CHARACTERS_MAX} printable ASCII characters."
            )
        self._organization_id = organization_id or NIL
        # Before sign-in all share one scope. There a key belongs to one body, so that a guessed one tells nothing.
        sender = str(actor_id) if actor_id else digest.hex()
        scope = "\n".join((str(self._organization_id), sender, method, path, key))
        self._scope = hashlib.sha256(scope.encode()).digest()
        self._sealing_key = hashlib.sha256(b"caseload idempotent answer\n" + scope.encode()).digest()
        self._body_digest = digest

    def reads(self) -> list[Statement]:
        """What `replay` has to find out, in the driver's form: it may go out with BEGIN."""
        lock = int.from_bytes(self._scope[:8], "big", signed=True)
        return [(TRY_LOCK, [lock]), (FIRST_ANSWER, [self._organization_id, self._scope])]

    def replay(self, session: Session, found: Sequence[Sequence[Row]] | None) -> Stored | None:
        """The first answer, if there is one. Raises `InFlight`, or `KeyReused` when the body was another.

        `found`: what `reads` found in this transaction; None where they were not carried out.
        """
        if found is None:
            set_tenant(session, self._organization_id)
            found = session.ask(*self.reads())
        [(is_ours,)], first_answers = found
        if not is_ours:
            raise InFlight()
        if not first_answers:
            return None
        [(digest, status, sealed, about)] = first_answers
        if digest != self._body_digest:
            raise KeyReused(errors=[FieldError("Idempotency-Key", KeyReused.code, KeyReused.detail)])
        return Stored(status, self._open(sealed), about or {})

    def keep(self, session: Session, status: int, body: bytes, about: dict[str, Any]) -> None:
        """Store the answer; nothing else may follow in this transaction."""
        nonce = os.urandom(12)
        set_tenant(session, self._organization_id)
        row = {
            "organization_id": self._organization_id,
            "scope": self._scope,
            "body_digest": self._body_digest,
            "status": status,
            "answer": nonce + AESGCM(self._sealing_key).encrypt(nonce, body, self._scope),
            "about": about,
            "created_at": clock.now(),
        }
        insert_along(session, IDEMPOTENCY_KEYS.name, [row])

    def _open(self, sealed: bytes) -> bytes:
        try:
            return AESGCM(self._sealing_key).decrypt(sealed[:12], sealed[12:], self._scope)
        except InvalidTag as error:
            raise Conflict("The first response can no longer be read.", code="answer_unreadable") from error
