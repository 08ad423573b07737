"""Keys that are mounted as files: `<owner>.<n>.key` in one folder, each base64 of 32 bytes (AES-256-GCM).

The newest that has lain there for some seconds seals, each opens what names it; so a rotation needs no restart.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import threading
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared import clock
from shared.keys.rotation import put
from shared.keys.sealing import KEY_BYTES, NONCE_BYTES, Unsealable, fresh_key
from shared.keys.signing import SigningKeyFile, key_files, key_number
from shared.settings import MissingSetting

SUFFIX: Final = ".key"
LOOK_AGAIN_SECONDS: Final = 1.0
# So long an event may wait and still be applied, and a backup be restored. A key replaced longer ago is of no use.
RETIRE_AFTER_DAYS: Final = 35


class NoKeyFile(Exception):
    """The key that seals or opens is not here; `key_id` names it, where one was named."""

    def __init__(self, key_id: str = "this process has none") -> None:
        super().__init__(key_id)
        self.key_id = key_id


class KeyFolder:
    """The keys of one owner in one folder. Thread-safe; looks at the folder at most once a second."""

    def __init__(self, folder: Path, owner: str) -> None:
        self._key_id = re.compile(rf"{owner}\.[0-9]{{1,9}}")
        self._newest = SigningKeyFile(folder / f"{owner}.1{SUFFIX}")
        self._lock = threading.Lock()
        self._keys: dict[str, AESGCM | None] = {}
        self._looked_at = float("-inf")

    @property
    def newest_id(self) -> str:
        """The id of the key that seals. Raises `NoKeyFile`."""
        try:
            return self._newest.current().stem
        except MissingSetting as error:
            raise NoKeyFile() from error

    def older_ids(self) -> list[str]:
        """The ids of the other keys in the folder. Raises `NoKeyFile`."""
        newest = self.newest_id
        return [file.stem for file in self._newest.all() if file.stem != newest]

    def seal(self, content: bytes, belongs_to: bytes) -> str:
        """`<key id>:<base64url>` of the nonce and what is sealed; never the same twice. Raises `NoKeyFile`."""
        key_id = self.newest_id
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._key(key_id).encrypt(nonce, content, belongs_to)
        return f"{key_id}:{base64.urlsafe_b64encode(sealed).decode()}"

    def open(self, sealed: str, belongs_to: bytes) -> bytes:
        """What was sealed. Raises `NoKeyFile`, or `Unsealable` for what was changed or belongs elsewhere."""
        key_id, _, text = sealed.partition(":")
        if not self._key_id.fullmatch(key_id):
            raise Unsealable()
        try:
            content = base64.b64decode(text, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise Unsealable() from error
        if base64.urlsafe_b64encode(content).decode() != text:
            raise Unsealable()  # another spelling of the same bytes: not what the producer wrote
        try:
            return self._key(key_id).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], belongs_to)
        except (InvalidTag, ValueError) as error:
            raise Unsealable() from error

    def _key(self, key_id: str) -> AESGCM:
        with self._lock:
            if clock.monotonic() - self._looked_at >= LOOK_AGAIN_SECONDS:
                self._looked_at = clock.monotonic()
                self._keys = {file.stem: self._keys.get(file.stem) or _read(file) for file in self._newest.all()}
            key = self._keys.get(key_id)
        if key is None:
            raise NoKeyFile(key_id)
        return key


def _read(file: Path) -> AESGCM | None:
    """None: it was just taken away, or is no key; then it is as if it were not there."""
    try:
        content = base64.b64decode(file.read_text(encoding="ascii").strip(), validate=True)
    except (OSError, ValueError):
        return None
    return AESGCM(content) if len(content) == KEY_BYTES else None


def begin(folders: Sequence[Path], owner: str) -> str:
    """Make the next key and put it into each folder; returns its id. It seals once it has lain there for a while."""
    known = [file for folder in folders for file in key_files(folder, owner, SUFFIX)]
    key_id = f"{owner}.{max(map(key_number, known), default=0) + 1}"
    content = fresh_key().encode()
    for folder in folders:
        put(folder / f"{key_id}{SUFFIX}", content, 0o600)
    return key_id


def retire(folders: Sequence[Path], owner: str) -> list[str]:
    """Remove the keys that were replaced more than `RETIRE_AFTER_DAYS` ago; returns the ids that are gone."""
    gone = set()
    oldest_use = clock.now().timestamp() - RETIRE_AFTER_DAYS * 24 * 3600
    for folder in folders:
        files = key_files(folder, owner, SUFFIX)
        for file, next_one in pairwise(files):
            if next_one.stat().st_mtime < oldest_use:
                gone.add(file.stem)
                file.unlink()
    return sorted(gone)


def ensure(folders: Sequence[Path], owner: str) -> None:
    """Put the keys into each folder that lacks them: those of another folder, or a first one where there is none."""
    files = {file.name: file for folder in folders for file in key_files(folder, owner, SUFFIX)}
    if not files:
        begin(folders, owner)
    for folder in folders:
        for name, file in files.items():
            if not (folder / name).exists():
                put(folder / name, file.read_bytes(), 0o600)
