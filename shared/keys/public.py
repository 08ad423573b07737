"""Public keys as mounted files: `<owner>.<n>.pem`, the file's stem is the key id. Re-read when the folder changes.

Rotation is `shared.keys.rotation`: the new public key everywhere, then the owner's new private key, later the old away.
"""

from __future__ import annotations

import threading
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from shared import clock

LOOK_AGAIN_SECONDS = 1.0


class PublicKeys:
    """The P-256 public keys in one folder. Thread-safe; looks at the folder at most once a second."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._keys: dict[str, EllipticCurvePublicKey] = {}
        self._pem: dict[str, bytes] = {}
        self._seen: tuple[tuple[str, int], ...] = ()
        self._looked_at = float("-inf")
        self._generation = 0

    def generation(self) -> int:
        """A number that changes whenever the folder does: what was concluded from an earlier one is void."""
        self._refresh()
        return self._generation

    def get(self, key_id: str, owner: str) -> EllipticCurvePublicKey | None:
        """The key of that id if it belongs to `owner`, else None."""
        if key_id.partition(".")[0] != owner:
            return None
        self._refresh()
        return self._keys.get(key_id)

    def pem(self, key_id: str, owner: str) -> bytes | None:
        """The same key as PEM text."""
        return self._pem.get(key_id) if self.get(key_id, owner) else None

    def _refresh(self) -> None:
        with self._lock:
            if clock.monotonic() - self._looked_at < LOOK_AGAIN_SECONDS:
                return
            self._looked_at = clock.monotonic()
            files = [file for file in self._folder.glob("*.pem") if not file.name.startswith(".")]
            changed = {file.name: at for file in files if (at := _changed_at(file)) is not None}
            seen = tuple(sorted(changed.items()))
            if seen == self._seen:
                return
            read = {Path(name).stem: _content(self._folder / name) for name in changed}
            pem = {stem: content for stem, content in read.items() if content is not None}
            self._keys, self._pem = {stem: _p256(text) for stem, text in pem.items()}, pem
            self._seen = seen
            self._generation += 1


# A rotation may take a file away between two looks at it: then it is as gone as if it had never been found.
def _changed_at(file: Path) -> int | None:
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return None


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None


def _p256(pem: bytes) -> EllipticCurvePublicKey:
    key = load_pem_public_key(pem)
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("only P-256 public keys belong in the public key folder")
    return key
