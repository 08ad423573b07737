"""Where this installation keeps files: `FILES_DIR` names a folder, `DATA_KEYS_DIR` the mounted keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from shared.data_keys import mounted_keys
from shared.files.folder import FolderStore
from shared.files.store import Store
from shared.keys.key_folder import KeyFolder
from shared.settings import Environment


@dataclass(frozen=True, slots=True)
class Files:
    """What a process needs to keep and read files. Where a setting is missing its part is None, and files are refused.

    A process that answers other questions only, such as whose session a token is, has neither.
    """

    store: Store | None
    mounted: KeyFolder | None


def files_of(environment: Environment) -> Files:
    """From the environment."""
    return Files(store_of(environment), mounted_keys(environment))


def store_of(environment: Environment) -> Store | None:
    """The store that the settings name; None where they name none."""
    folder = environment.text("FILES_DIR", "")
    return FolderStore(Path(folder)) if folder else None
