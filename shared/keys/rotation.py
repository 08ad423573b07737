"""Rotating the key pair of a service or the gateway while everything runs.

`begin` puts the new public half wherever public keys are read and then the new private half beside the old one; some
seconds later its owner signs with it (`shared.keys.signing`). `retire` takes the old ones away, for good: what they
signed is refused within a second. Between the two lies whatever may still be under way: half a minute for the gateway's
tokens, a day for events.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shared import clock
from shared.keys.event_signature import generate_key_pair
from shared.keys.signing import LOOK_AGAIN_SECONDS, SETTLE_SECONDS, key_files, key_number

RETIRE_AFTER_SECONDS: Final = SETTLE_SECONDS + LOOK_AGAIN_SECONDS


class TooEarly(Exception):
    """The newest key has just been made; without the one before nobody could sign."""


def begin(owner: str, private_folder: Path, public_folders: Sequence[Path]) -> str:
    """Make the next key pair of `owner`; returns its key id."""
    known = key_files(private_folder, owner) + [file for folder in public_folders for file in key_files(folder, owner)]
    key_id = f"{owner}.{max(map(key_number, known), default=0) + 1}"
    fresh_private, fresh_public = private_folder / f".{key_id}.private", private_folder / f".{key_id}.public"
    fresh_private.unlink(missing_ok=True)
    generate_key_pair(fresh_private, fresh_public)
    pem = fresh_public.read_bytes()
    fresh_public.unlink()
    for folder in public_folders:
        put(folder / f"{key_id}.pem", pem)
    fresh_private.replace(private_folder / f"{key_id}.pem")
    return key_id


def retire(owner: str, private_folder: Path, public_folders: Sequence[Path]) -> list[str]:
    """Remove every key of `owner` but the newest private one and its public half; returns the ids that are gone.

    Raises `TooEarly` while the newest is not in use everywhere yet.
    """
    *old, newest = key_files(private_folder, owner)
    if old and clock.now().timestamp() - newest.stat().st_mtime < RETIRE_AFTER_SECONDS:
        raise TooEarly(f"{newest.stem} is not in use everywhere yet: wait {RETIRE_AFTER_SECONDS:.0f} s")
    gone = {file.stem for file in old}
    for folder in public_folders:
        for file in key_files(folder, owner):
            if file.stem != newest.stem:
                gone.add(file.stem)
                file.unlink()
    for file in old:
        file.unlink()
    return sorted(gone)


def put(file: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file that appears with all its content or not at all: somebody may be looking at the folder."""
    fresh = file.with_name(f".{file.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    fresh.chmod(mode)
    fresh.replace(file)
