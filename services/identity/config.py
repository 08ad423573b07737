"""What identity's commands need besides the database; a session carries it in `session.info`."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.orm import Session

from shared.breached_passwords import BreachedPasswords
from shared.sealing import Sealer
from shared.settings import Environment

PUBLIC_URL: Final = "http://localhost:8080"


def from_environment(environment: Environment) -> dict[str, Any]:
    """`SECRETS_KEY`, `PUBLIC_URL`, `BREACHED_PASSWORDS_FILE`; raises `MissingSetting` for one that is wrong."""
    return {
        "sealer": Sealer(environment.text("SECRETS_KEY", "")),
        "public_url": environment.text("PUBLIC_URL", PUBLIC_URL),
        "breached_passwords": BreachedPasswords(environment.text("BREACHED_PASSWORDS_FILE", "")),
    }


def sealer(session: Session) -> Sealer:
    """Seals what must be read back."""
    found: Sealer = session.info["sealer"]
    return found


def public_url(session: Session) -> str:
    """The address under which people reach the web app."""
    found: str = session.info["public_url"]
    return found


def breached_passwords(session: Session) -> BreachedPasswords:
    """The passwords that are known to have leaked."""
    found: BreachedPasswords = session.info["breached_passwords"]
    return found
