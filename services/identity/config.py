"""What identity's commands need besides the database; a session carries it in `session.resources`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from services.identity.passkeys.rules import RelyingParty
from shared.breached_passwords import BreachedPasswords
from shared.database import Session
from shared.sealing import Sealer
from shared.settings import Environment

PUBLIC_URL: Final = "http://localhost:8080"


@dataclass(frozen=True, slots=True)
class Resources:
    """Made once per web process, from its environment."""

    sealer: Sealer
    public_url: str
    breached_passwords: BreachedPasswords

    @classmethod
    def of(cls, environment: Environment) -> Resources:
        """`SECRETS_KEY`, `PUBLIC_URL`, `BREACHED_PASSWORDS_FILE`; raises `MissingSetting` for one that is wrong."""
        return cls(
            Sealer(environment.text("SECRETS_KEY", "")),
            environment.text("PUBLIC_URL", PUBLIC_URL),
            BreachedPasswords(environment.text("BREACHED_PASSWORDS_FILE", "")),
        )


def resources(session: Session) -> Resources:
    """The resources of the web process; the worker's sessions have none."""
    assert isinstance(session.resources, Resources)
    return session.resources


def sealer(session: Session) -> Sealer:
    """Seals what must be read back."""
    return resources(session).sealer


def relying_party(session: Session) -> RelyingParty:
    """For whom passkeys are made here. Raises `NoDomain`."""
    return RelyingParty.of(resources(session).public_url)


def breached_passwords(session: Session) -> BreachedPasswords:
    """The passwords that are known to have leaked."""
    return resources(session).breached_passwords
