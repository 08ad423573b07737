"""Keeping a file, reading it, forgetting it.

A file comes in two steps. `bring` writes down that one arrives, in a transaction of its own, and puts the sealed bytes
into the store, while no other transaction is open and nobody waits. `keep` makes it a kept one in the transaction of
what it belongs to. Whatever dies in between leaves a row that the sweep finds an hour later: there is never a kept row
without bytes, and never a byte that no row knows.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import IO, Final
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import func, select, update

from shared import clock, logs
from shared.data_keys import NoDataKey, data_key, newest_data_key
from shared.database.session import Database, Session
from shared.errors import NotFound, TooLarge, TooMany, Unavailable
from shared.files.chunks import DamagedFile, opened, sealed
from shared.files.kinds import HEAD_BYTES, Kind, media_type_of
from shared.files.models import StoredFile
from shared.files.settings import Files
from shared.files.store import PIECE_BYTES, Missing, Store
from shared.ids import new_id
from shared.keys.key_folder import KeyFolder
from shared.keys.sealing import KEY_BYTES, Unsealable

ARRIVE_WITHIN: Final = timedelta(hours=1)
NOT_KEPT_MAX: Final = 100  # of one organization: arriving, or given up and not swept yet
DAMAGED: Final = Counter("caseload_files_damaged_total", "Files whose stored bytes are not what was kept.", ["kind"])


class NoFileStore(Unavailable):
    """This installation was started without a place for files."""

    code = "no_file_store"
    detail = "Files cannot be kept in this installation: its settings name no place for them."


@dataclass(frozen=True, slots=True)
class Arrived:
    """A file whose bytes are in the store and that nothing keeps yet: its id, media type, size in bytes and SHA-256."""

    id: UUID
    media_type: str
    byte_count: int
    sha256: bytes


def bring(database: Database, files: Files, organization_id: UUID, kind: Kind, content: IO[bytes]) -> Arrived:
    """Put a file into the store, for `keep` to keep within the hour. Memory is bounded however large it is.

    Raises `WrongKind`, `TooLarge`, `TooMany`; `NoFileStore`, `NoDataKey` or `StoreAway`, and then nothing is kept.
    """
    store, mounted = _set_up(files)
    head = content.read(HEAD_BYTES)
    media_type = media_type_of(head, kind)
    file_id, key = new_id(), os.urandom(KEY_BYTES)

    def write_down(session: Session) -> None:
        _ensure_not_too_many(session, organization_id)
        organizations = newest_data_key(session, mounted, organization_id)
        session.add(
            StoredFile(
                organization_id=organization_id,
                id=file_id,
                kind=kind.name,
                media_type=media_type,
                data_key_id=organizations.id,
                wrapped_key=organizations.wrap(key, _belongs_to(organization_id, file_id)),
                created_at=clock.now(),
                due_at=func.now() + ARRIVE_WITHIN,
            )
        )

    database.run(write_down, organization_id)
    measured = _Measured(head, content, kind.bytes_max)
    store.put(place_of(organization_id, file_id), sealed(measured.pieces(), key, _belongs_to(organization_id, file_id)))
    return Arrived(file_id, media_type, measured.byte_count, measured.digest.digest())


def keep(session: Session, organization_id: UUID, arrived: Arrived) -> None:
    """From this transaction's end on the file is kept. Raises `Unavailable` where it took longer than an hour."""
    arriving = (StoredFile.organization_id == organization_id, StoredFile.id == arrived.id)
    row = session.scalar(select(StoredFile).where(*arriving, StoredFile.due_at > func.now()).with_for_update())
    if row is None:
        raise Unavailable()
    row.byte_count, row.sha256, row.due_at = arrived.byte_count, arrived.sha256, None


def read(session: Session, files: Files, organization_id: UUID, file_id: UUID) -> Iterator[bytes]:
    """The content of a kept file in pieces. The first is there when this returns, so that a store that is away is told.

    Raises `NotFound`, `NoFileStore`, `NoDataKey`, `StoreAway`; in the middle too `DamagedFile`: half is not the whole.
    """
    store, mounted = _set_up(files)
    row = session.get(StoredFile, (organization_id, file_id))
    if row is None or row.due_at is not None or row.wrapped_key is None:
        raise NotFound()
    belongs_to = _belongs_to(organization_id, file_id)
    kind, size, digest = row.kind, row.byte_count, row.sha256
    try:
        key = data_key(session, mounted, organization_id, row.data_key_id).unwrap(row.wrapped_key, belongs_to)
    except Unsealable as error:
        raise _damaged(kind, file_id) from error

    def pieces() -> Iterator[bytes]:
        so_far, count = hashlib.sha256(), 0
        try:
            for piece in opened(store.get(place_of(organization_id, file_id)), key, belongs_to):
                so_far.update(piece)
                count += len(piece)
                yield piece
        except (DamagedFile, Missing) as error:
            raise _damaged(kind, file_id) from error
        if (count, so_far.digest()) != (size, digest):
            raise _damaged(kind, file_id)

    content = pieces()
    return chain((next(content),), content)


def forget(session: Session, organization_id: UUID, file_id: UUID) -> None:
    """Forget a kept file for good: its key in this transaction, which nobody can open it without; then its bytes.

    The row that names it lets go of it in the same transaction.
    """
    kept = (StoredFile.organization_id == organization_id, StoredFile.id == file_id, StoredFile.due_at.is_(None))
    session.execute(update(StoredFile).where(*kept).values(wrapped_key=None, due_at=func.now()))


def place_of(organization_id: UUID, file_id: UUID) -> str:
    """Where the bytes of a file lie in the store: ids alone."""
    return f"{organization_id}/{file_id}"


def _set_up(files: Files) -> tuple[Store, KeyFolder]:
    if files.store is None:
        raise NoFileStore()
    if files.mounted is None:
        raise NoDataKey()
    return files.store, files.mounted


def _belongs_to(organization_id: UUID, file_id: UUID) -> bytes:
    return organization_id.bytes + file_id.bytes


def _ensure_not_too_many(session: Session, organization_id: UUID) -> None:
    not_kept = (StoredFile.organization_id == organization_id, StoredFile.due_at.is_not(None))
    if (session.scalar(select(func.count()).where(*not_kept)) or 0) >= NOT_KEPT_MAX:
        raise TooMany("Too many files have come and were not kept. Try again in an hour.", retry_after_seconds=3600)


def _damaged(kind: str, file_id: UUID) -> DamagedFile:
    DAMAGED.labels(kind).inc()
    logs.get().error("file_damaged", file_id=str(file_id), kind=kind)
    return DamagedFile(f"file {file_id}")


class _Measured:
    """A stream that is counted and hashed while it is read, up to a limit."""

    def __init__(self, head: bytes, rest: IO[bytes], bytes_max: int) -> None:
        self._head, self._rest, self._bytes_max = head, rest, bytes_max
        self.byte_count, self.digest = 0, hashlib.sha256()

    def pieces(self) -> Iterator[bytes]:
        piece = self._head
        while piece:
            self.byte_count += len(piece)
            if self.byte_count > self._bytes_max:
                raise TooLarge.for_more_than(self._bytes_max)
            self.digest.update(piece)
            yield piece
            piece = self._rest.read(PIECE_BYTES)
