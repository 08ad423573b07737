"""Data keys: what an organization keeps sealed hangs on a key of its own, which lies wrapped in its database.

What wraps them is a mounted file `data.<n>.key` in the folder `DATA_KEYS_DIR` (`shared.keys.key_folder`), which no
database and no backup of one holds. A data key seals the keys of single things, such as files. When the mounted key is
replaced, the data keys are wrapped anew; what hangs on them stays as it is.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Index, Text, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared import clock, logs
from shared.database.claim_loop import ClaimLoop
from shared.database.session import COLUMN_TYPES, Database, Session, Tenant, metadata
from shared.errors import Unavailable
from shared.ids import new_id
from shared.keys.key_folder import KeyFolder, NoKeyFile
from shared.keys.sealing import KEY_BYTES, NONCE_BYTES, Unsealable
from shared.settings import Environment

OWNER: Final = "data"
SETTING: Final = "DATA_KEYS_DIR"
BATCH_MAX: Final = 100
HOUR_SECONDS: Final = 3600.0


class NoDataKey(Unavailable):
    """The mounted key that opens an organization's data key is not here, or there is none at all."""

    code = "no_data_key"
    detail = "What is kept sealed cannot be opened just now: a key of this installation is missing."


class _Base(DeclarativeBase):
    metadata = metadata()
    type_annotation_map = COLUMN_TYPES


class DataKey(Tenant, _Base):
    """One data key of an organization, the newest of which is used. `wrapped_by`: id of the mounted key."""

    __tablename__ = "data_keys"
    __table_args__ = (Index("ix_data_keys_wrapped_by", "wrapped_by"),)

    wrapped: Mapped[str] = mapped_column(Text)
    wrapped_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class OpenDataKey:
    """An organization's data key, open in memory: it seals and opens keys of 32 bytes."""

    id: UUID
    _cipher: AESGCM

    def wrap(self, key: bytes, belongs_to: bytes) -> bytes:
        """The key, sealed; 60 bytes."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key, belongs_to)

    def unwrap(self, wrapped: bytes, belongs_to: bytes) -> bytes:
        """The key. Raises `Unsealable` for what was changed or belongs elsewhere."""
        try:
            return self._cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], belongs_to)
        except InvalidTag as error:
            raise Unsealable() from error


def mounted_keys(environment: Environment) -> KeyFolder | None:
    """The keys in `DATA_KEYS_DIR`; None where the setting is missing."""
    folder = environment.text(SETTING, "")
    return KeyFolder(Path(folder), OWNER) if folder else None


def newest_data_key(session: Session, mounted: KeyFolder, organization_id: UUID) -> OpenDataKey:
    """The organization's data key, made with the first thing that needs one. Raises `NoDataKey`.

    Two that begin at once may make one each; each thing names the one that it hangs on.
    """
    newest = select(DataKey).where(DataKey.organization_id == organization_id).order_by(DataKey.id.desc()).limit(1)
    row = session.scalar(newest)
    if row is not None:
        return _opened(mounted, row)
    key = os.urandom(KEY_BYTES)
    row = DataKey(organization_id=organization_id, id=new_id(), created_at=clock.now())
    _wrap(mounted, row, key)
    session.add(row)
    session.flush()
    return OpenDataKey(row.id, AESGCM(key))


def data_key(session: Session, mounted: KeyFolder, organization_id: UUID, key_id: UUID) -> OpenDataKey:
    """The organization's data key of this id. Raises `NoDataKey`."""
    return _opened(mounted, session.get_one(DataKey, (organization_id, key_id)))


def _opened(mounted: KeyFolder, row: DataKey) -> OpenDataKey:
    return OpenDataKey(row.id, AESGCM(_unwrapped(mounted, row)))


def _unwrapped(mounted: KeyFolder, row: DataKey) -> bytes:
    try:
        return mounted.open(row.wrapped, row.organization_id.bytes + row.id.bytes)
    except NoKeyFile as error:
        logs.get().error("no_data_key", key_id=error.key_id)
        raise NoDataKey() from error


def _wrap(mounted: KeyFolder, row: DataKey, key: bytes) -> None:
    try:
        row.wrapped = mounted.seal(key, row.organization_id.bytes + row.id.bytes)
    except NoKeyFile as error:
        raise NoDataKey() from error
    row.wrapped_by = row.wrapped.partition(":")[0]


class Rewrapping:
    """The part of the jobs process that wraps data keys anew once the mounted key was replaced; looks once an hour."""

    def __init__(self, service: str, database: Database, mounted: KeyFolder | None) -> None:
        self._service, self._database, self._mounted = service, database, mounted

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set."""
        ClaimLoop(self._service, "data_keys", lambda: True, self.some, lambda: HOUR_SECONDS).run(stop)

    def some(self) -> int:
        """Wrap a batch anew; returns how many that were, 0 where none is left or no key is mounted."""
        if self._mounted is None:
            return 0
        mounted = self._mounted
        try:
            older = mounted.older_ids()
        except NoKeyFile:
            return 0

        def work(session: Session) -> int:
            batch = select(DataKey).where(DataKey.wrapped_by.in_(older)).limit(BATCH_MAX)
            rows = session.scalars(batch.with_for_update(skip_locked=True)).all()
            for row in rows:
                _wrap(mounted, row, _unwrapped(mounted, row))
            return len(rows)

        return self._database.run(work) if older else 0
