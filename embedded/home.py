"""The data folder: one stack at a time in it, its secrets, its keys."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from pathlib import Path
from typing import IO, Any, Final

from shared.data_keys import OWNER as DATA
from shared.database.roles import roles_of
from shared.keys import bus, key_folder, rotation
from shared.keys.sealing import fresh_key
from shared.keys.signing import key_files
from shared.services import SERVICES

OWNERS: Final = (*SERVICES, "gateway")


class InUse(Exception):
    """Another stack runs on this folder; the text says which."""


class Home:
    """A folder with everything that outlives a run: data, secrets, logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.postgres = self.folder / "postgres"
        self.logs = self.folder / "logs"
        self.public_keys = self.folder / "keys" / "public"
        self._private_keys = self.folder / "keys" / "private"
        self._bus_keys = self.folder / "keys" / "bus"
        self._data_keys = self.folder / "keys" / "data"
        self.files = self.folder / "files"
        self._running = self.folder / "running.json"
        self._lock: IO[str] | None = None

    def enter(self) -> None:
        """Create the folder and claim it; raises `InUse`. The claim ends with the process."""
        self.folder.mkdir(parents=True, exist_ok=True)
        private = (self._private_keys, self._bus_keys, self._data_keys, self.files)
        for path in (self.logs, self.public_keys, *private):
            path.mkdir(parents=True, exist_ok=True)
        for secret in private:
            secret.chmod(0o700)
        lock = (self.folder / "lock").open("a", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            running = self.running()
            where = f" (process {running['pid']}, {running['url']})" if running else ""
            raise InUse(f"Caseload runs on {self.folder} already{where}.") from error
        self._lock = lock

    def note_running(self, **facts: Any) -> None:
        """Write down what runs here, for `status` and for anybody who starts a second copy."""
        self._running.write_text(json.dumps({"pid": os.getpid(), **facts}), encoding="utf-8")

    def note_stopped(self) -> None:
        """Take the note away: nothing runs here now."""
        self._running.unlink(missing_ok=True)

    def running(self) -> dict[str, Any] | None:
        """What `note_running` wrote, if its process still lives."""
        try:
            facts: dict[str, Any] = json.loads(self._running.read_text(encoding="utf-8"))
            os.kill(facts["pid"], 0)
        except (OSError, ValueError, KeyError):
            return None
        return facts

    def passwords(self) -> dict[str, str]:
        """Role -> password, made once."""
        file = self.folder / "passwords.json"
        known: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        wanted = [role for service in SERVICES for role in roles_of(service)] + ["bus"]
        missing = [role for role in wanted if role not in known]
        if missing:
            known |= {role: secrets.token_urlsafe(24) for role in missing}
            write_secret(file, json.dumps(known))
        return known

    @property
    def mailbox(self) -> Path:
        """Where mail goes while no SMTP server is configured: one file each."""
        return self.folder / "mailbox"

    def secrets_key(self) -> str:
        """The key that seals second factors and cursors, made once."""
        file = self.folder / "secrets_key"
        if not file.exists():
            write_secret(file, fresh_key())
        return file.read_text(encoding="utf-8")

    def private_key(self, owner: str) -> Path:
        """A private key file of a service or the gateway, the newest; the first pair is made when there is none."""
        if not key_files(self._private_keys, owner):
            rotation.begin(owner, self._private_keys, [self.public_keys])
        return key_files(self._private_keys, owner)[-1]

    def bus_keys(self) -> Path:
        """The folder of the keys that seal what is in events; the first one is made when there is none."""
        bus.ensure([self._bus_keys])
        return self._bus_keys

    def data_keys(self) -> Path:
        """The folder of the keys that wrap data keys; the first one is made when there is none."""
        key_folder.ensure([self._data_keys], DATA)
        return self._data_keys

    def rotate_keys(self) -> list[str]:
        """Fresh keys for everybody, in use a few seconds later, also while the stack runs; returns their ids."""
        pairs = [rotation.begin(owner, self._private_keys, [self.public_keys]) for owner in OWNERS]
        return [*pairs, bus.begin([self._bus_keys]), key_folder.begin([self._data_keys], DATA)]

    def retire_keys(self) -> list[str]:
        """Take away every key pair but the newest of each owner, and bus and data keys that were replaced long ago.

        Returns the ids that are gone.
        """
        pairs = [rotation.retire(owner, self._private_keys, [self.public_keys]) for owner in OWNERS]
        gone = [bus.retire([self._bus_keys]), key_folder.retire([self._data_keys], DATA)]
        return [key_id for ids in (*pairs, *gone) for key_id in ids]


def write_secret(file: Path, text: str) -> None:
    """Write a file that only its owner can read, completely or not at all."""
    fresh = file.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    fresh.replace(file)
