"""`python -m deploy.compose.make_secrets [rotate | retire]`: passwords and keys, where only their users can read them.

Below /secrets there is one volume per service, mounted only into that service's containers. What is there already
stays: an operator may bring secrets of their own by filling the volumes first. `rotate` adds a fresh key pair for each
service and the gateway, a fresh bus key and fresh keys that wrap data keys, in use a few seconds later without a
restart; `retire`, a day later, takes the old pairs away, and bus and data keys that were replaced over 35 days ago.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import Final

from shared import contracts  # noqa: F401 - registers every event
from shared.contracts.envelope import opens, seals
from shared.data_keys import OWNER as DATA
from shared.database.roles import roles_of
from shared.keys import bus, key_folder, rotation
from shared.keys.sealing import fresh_key
from shared.keys.signing import key_files
from shared.services import KEEP_FILES, SERVICES

ROOT: Final = Path("/secrets")
OWNERS: Final = (*SERVICES, "gateway")
APPLICATION_USER: Final = 10001


def main(command: str = "") -> None:
    """Make what is missing; then what the command says."""
    bus = _password(ROOT / "rabbitmq" / "password")
    public = [ROOT / owner / "public" for owner in OWNERS]
    for folder in public:
        folder.mkdir(exist_ok=True)
    for owner in OWNERS:
        if command == "rotate" or not key_files(ROOT / owner, owner):
            rotation.begin(owner, ROOT / owner, public)
        if command == "retire":
            rotation.retire(owner, ROOT / owner, public)
    share_bus_key(ROOT, command)
    make_data_keys(ROOT, command)
    for service in SERVICES:
        if not (ROOT / service / "secrets_key").exists():
            _write(ROOT / service / "secrets_key", fresh_key())
        admin = _password(ROOT / f"{service}-db" / "password")
        folder = ROOT / service
        _write(folder / "admin_url", f"postgresql://postgres:{admin}@{service}-db:5432/postgres")
        for role in roles_of(service):
            password = _password(folder / f"{role}.password")
            _write(folder / f"{role}.url", f"postgresql://{role}:{password}@{service}-db:5432/{service}")
        _write(folder / "bus_url", f"amqp://caseload:{bus}@rabbitmq:5672/%2F")
    for owner in OWNERS:
        for path in (ROOT / owner).rglob("*"):
            os.chown(path, APPLICATION_USER, APPLICATION_USER)
        os.chown(ROOT / owner, APPLICATION_USER, APPLICATION_USER)
    print("secrets are in place")


def share_bus_key(root: Path, command: str) -> None:
    """Put the bus key where something sealed is sent or taken, and nowhere else; then what the command says."""
    folders = [root / service / "bus" for service in SERVICES if seals(service) or opens(service)]
    for folder in folders:
        folder.mkdir(exist_ok=True)
    bus.ensure(folders)
    if command == "rotate":
        bus.begin(folders)
    if command == "retire":
        bus.retire(folders)


def make_data_keys(root: Path, command: str) -> None:
    """Make the key that wraps data keys, for each service that keeps files; then what the command says."""
    for service in KEEP_FILES:
        folder = root / service / "data"
        folder.mkdir(exist_ok=True)
        key_folder.ensure([folder], DATA)
        if command == "rotate":
            key_folder.begin([folder], DATA)
        if command == "retire":
            key_folder.retire([folder], DATA)


def _password(file: Path) -> str:
    if not file.exists():
        _write(file, secrets.token_hex(24))
        # The database and broker images read their password as a user of their own; the volume holds nothing else.
        if file.name == "password":
            file.chmod(0o444)
    return file.read_text(encoding="utf-8").strip()


def _write(file: Path, text: str) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)


if __name__ == "__main__":
    main(*sys.argv[1:2])
