"""`python -m deploy.compose.make_secrets`: passwords and keys, made once, each put where only its user can read it.

Below /secrets there is one volume per service, mounted only into that service's containers. What is there already
stays: an operator may bring secrets of their own by filling the volumes first.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from shared.database_roles import roles_of
from shared.event_signature import generate_key_pair

ROOT: Final = Path("/secrets")
SERVICES: Final = ("identity", "clients", "clinical", "billing")
OWNERS: Final = (*SERVICES, "gateway")
APPLICATION_USER: Final = 10001


def main() -> None:
    """Make what is missing."""
    bus = _password(ROOT / "rabbitmq" / "password")
    public_keys = {owner: _key_pair(owner) for owner in OWNERS}
    for owner in OWNERS:
        folder = ROOT / owner / "public"
        folder.mkdir(exist_ok=True)
        for name, pem in public_keys.items():
            (folder / f"{name}.1.pem").write_bytes(pem)
    for service in SERVICES:
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


def _key_pair(owner: str) -> bytes:
    private, public = ROOT / owner / f"{owner}.1.pem", ROOT / owner / f"{owner}.1.public"
    if not private.exists() or not public.exists():
        private.unlink(missing_ok=True)
        generate_key_pair(private, public)
    return public.read_bytes()


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
    main()
