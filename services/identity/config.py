"""What identity's commands need besides the database; a session carries it in `session.resources`."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Final

from shared.database.session import Database, Session
from shared.files.settings import Files
from shared.keys.sealing import Sealer

PUBLIC_URL: Final = "http://localhost:8080"


@dataclass(frozen=True, slots=True)
class Resources:
    """Made once per web process, from its environment (see app.py)."""

    sealer: Sealer
    public_url: str
    breached_passwords: Container[str]
    files: Files


def resources(session: Session) -> Resources:
    """The resources of the web process; the worker's sessions have none."""
    assert isinstance(session.resources, Resources)
    return session.resources


def sealer(session: Session) -> Sealer:
    """Seals what must be read back."""
    return resources(session).sealer


def public_url(session: Session) -> str:
    """The address under which people reach the web app."""
    return resources(session).public_url


def breached_passwords(session: Session) -> Container[str]:
    """The passwords that are known to have leaked."""
    return resources(session).breached_passwords


def files(holder: Session | Database) -> Files:
    """Where files are kept."""
    assert isinstance(holder.resources, Resources)
    return holder.resources.files
