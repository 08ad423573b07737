"""The bus key: what of an event is for its consumers' eyes only travels sealed under it (AES-256-GCM).

A mounted file `bus.<n>.key`, base64 of 32 bytes, in the folder `BUS_KEYS_DIR` of the services that send or take such
events. The newest that has lain there for some seconds seals, each opens what names it; so a rotation needs no restart.
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
from shared.settings import Environment, MissingSetting

OWNER: Final = "bus"
SUFFIX: Final = ".key"
KEY_ID: Final = re.compile(r"bus\.[0-9]{1,9}")
SETTING: Final = "BUS_KEYS_DIR"
LOOK_AGAIN_SECONDS: Final = 1.0
# So long an event may wait and still be applied. A key that was replaced longer ago opens nothing that is of use.
RETIRE_AFTER_DAYS: Final = 35


class NoBusKey(Exception):
    """The key that seals or opens is not here; `key_id` names it, where one was named."""

    def __init__(self, key_id: str = "this process has none") -> None:
        super().__init__(key_id)
        self.key_id = key_id


class BusKeys:
    """The keys in one folder. Thread-safe; looks at the folder at most once a second."""

    def __init__(self, folder: Path) -> None:
        self._newest = SigningKeyFile(folder / f"{OWNER}.1{SUFFIX}")
        self._lock = threading.Lock()
        self._keys: dict[str, AESGCM | None] = {}
        self._looked_at = float("-inf")

    def seal(self, content: bytes, belongs_to: bytes) -> str:
        """`<key id>:<base64url>` of the nonce and what is sealed; never the same twice. Raises `NoBusKey`."""
        try:
            key_id = self._newest.current().stem
        except MissingSetting as error:
            raise NoBusKey() from error
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._key(key_id).encrypt(nonce, content, belongs_to)
        return f"{key_id}:{base64.urlsafe_b64encode(sealed).decode()}"

    def open(self, sealed: str, belongs_to: bytes) -> bytes:
        """What was sealed. Raises `NoBusKey`, or `Unsealable` for what was changed or belongs elsewhere."""
        key_id, _, text = sealed.partition(":")
        if not KEY_ID.fullmatch(key_id):
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
            raise NoBusKey(key_id)
        return key


def _read(file: Path) -> AESGCM | None:
    """None: it was just taken away, or is no key; then it is as if it were not there."""
    try:
        content = base64.b64decode(file.read_text(encoding="ascii").strip(), validate=True)
    except (OSError, ValueError):
        return None
    return AESGCM(content) if len(content) == KEY_BYTES else None


_in_use: BusKeys | None = None


def follow(environment: Environment, *, needed: bool) -> None:
    """From now on this process seals and opens with the keys in `BUS_KEYS_DIR`.

    Raises `MissingSetting` where they are needed and the setting is not there.
    """
    if folder := environment.text(SETTING, None if needed else ""):
        use(Path(folder))


def use(folder: Path) -> None:
    """From now on this process seals and opens with the keys in this folder."""
    global _in_use  # noqa: PLW0603 - one of a process, like its clock: set when it starts
    _in_use = BusKeys(folder)


def keys() -> BusKeys:
    """The keys of this process; raises `NoBusKey` where it has none."""
    if _in_use is None:
        raise NoBusKey()
    return _in_use


def begin(folders: Sequence[Path]) -> str:
    """Make the next key and put it into each folder; returns its id. It seals once it has lain there for a while."""
    known = [file for folder in folders for file in key_files(folder, OWNER, SUFFIX)]
    key_id = f"{OWNER}.{max(map(key_number, known), default=0) + 1}"
    content = fresh_key().encode()
    for folder in folders:
        put(folder / f"{key_id}{SUFFIX}", content, 0o600)
    return key_id


def retire(folders: Sequence[Path]) -> list[str]:
    """Remove the keys that were replaced more than `RETIRE_AFTER_DAYS` ago; returns the ids that are gone."""
    gone = set()
    oldest_use = clock.now().timestamp() - RETIRE_AFTER_DAYS * 24 * 3600
    for folder in folders:
        files = key_files(folder, OWNER, SUFFIX)
        for file, next_one in pairwise(files):
            if next_one.stat().st_mtime < oldest_use:
                gone.add(file.stem)
                file.unlink()
    return sorted(gone)


def ensure(folders: Sequence[Path]) -> None:
    """Put the keys into each folder that lacks them: those of another folder, or a first one where there is none."""
    files = {file.name: file for folder in folders for file in key_files(folder, OWNER, SUFFIX)}
    if not files:
        begin(folders)
    for folder in folders:
        for name, file in files.items():
            if not (folder / name).exists():
                put(folder / name, file.read_bytes(), 0o600)
