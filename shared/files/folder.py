"""A store that is a folder, for one machine: one file each, written beside its place and renamed when it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from shared import logs
from shared.files.store import PIECE_BYTES, Missing, StoreAway


class FolderStore:
    """Files below `root`, which must exist: one that is not mounted is away, and never made anew."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, place: str, pieces: Iterable[bytes]) -> None:
        """Keep the pieces: see `Store`."""
        with self._reachable():
            file = self._root / place
            file.parent.mkdir(mode=0o700, exist_ok=True)
            unfinished = _unfinished(file)
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                for piece in pieces:
                    stream.write(piece)
                stream.flush()
                os.fsync(stream.fileno())
            unfinished.replace(file)
            for folder in (file.parent, self._root):
                _settle(folder)

    def get(self, place: str) -> Iterator[bytes]:
        """What lies there: see `Store`."""
        with self._reachable():
            try:
                with (self._root / place).open("rb") as stream:
                    while piece := stream.read(PIECE_BYTES):
                        yield piece
            except FileNotFoundError as error:
                raise Missing(place) from error

    def remove(self, place: str) -> None:
        """Take away what lies there: see `Store`."""
        with self._reachable():
            file = self._root / place
            for path in (_unfinished(file), file):
                path.unlink(missing_ok=True)

    @contextmanager
    def _reachable(self) -> Iterator[None]:
        try:
            self._root.stat()  # without the root, nothing below it is known to be gone
            yield
        except OSError as error:
            logs.get().error("file_store_away", error=error)
            raise StoreAway() from error


def _unfinished(file: Path) -> Path:
    return file.with_name(f".{file.name}.new")


def _settle(folder: Path) -> None:
    """A name in a folder outlives a crash once the folder itself has been written."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
