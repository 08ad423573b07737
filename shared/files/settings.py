"""Where this installation keeps files: `FILES_S3_URL` names an S3-compatible server, `FILES_DIR` a folder.

`DATA_KEYS_DIR` names the mounted keys.
"""

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
    """The store that the settings name, the server before the folder; None where they name none.

    Raises `MissingSetting` for a server without bucket, access key or secret key.
    """
    if url := environment.text("FILES_S3_URL", ""):
        from shared.files.s3 import Bucket, S3Store  # boto3 takes its time and memory, and only this needs it

        return S3Store(
            Bucket(
                url,
                environment.text("FILES_S3_BUCKET"),
                environment.text("FILES_S3_REGION", "us-east-1"),
                environment.text("FILES_S3_ACCESS_KEY"),
                environment.text("FILES_S3_SECRET_KEY"),
            )
        )
    folder = environment.text("FILES_DIR", "")
    return FolderStore(Path(folder)) if folder else None
