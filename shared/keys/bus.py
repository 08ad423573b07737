"""The bus key: what of an event is for its consumers' eyes only travels sealed under it (AES-256-GCM).

A mounted file `bus.<n>.key` in the folder `BUS_KEYS_DIR` of the services that send or take such events
(`shared.keys.key_folder`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shared.keys import key_folder
from shared.keys.key_folder import KeyFolder, NoKeyFile
from shared.settings import Environment

OWNER: Final = "bus"
SETTING: Final = "BUS_KEYS_DIR"


_in_use: KeyFolder | None = None


def follow(environment: Environment, *, needed: bool) -> None:
    """From now on this process seals and opens with the keys in `BUS_KEYS_DIR`.

    Raises `MissingSetting` where they are needed and the setting is not there.
    """
    if folder := environment.text(SETTING, None if needed else ""):
        use(Path(folder))


def use(folder: Path) -> None:
    """From now on this process seals and opens with the keys in this folder."""
    global _in_use  # noqa: PLW0603 - one of a process, like its clock: set when it starts
    _in_use = KeyFolder(folder, OWNER)


def keys() -> KeyFolder:
    """The keys of this process; raises `NoKeyFile` where it has none."""
    if _in_use is None:
        raise NoKeyFile()
    return _in_use


def begin(folders: Sequence[Path]) -> str:
    """Make the next bus key: see `key_folder.begin`."""
    return key_folder.begin(folders, OWNER)


def retire(folders: Sequence[Path]) -> list[str]:
    """Remove bus keys that were replaced long ago: see `key_folder.retire`."""
    return key_folder.retire(folders, OWNER)


def ensure(folders: Sequence[Path]) -> None:
    """Put the bus keys into each folder that lacks them: see `key_folder.ensure`."""
    key_folder.ensure(folders, OWNER)
