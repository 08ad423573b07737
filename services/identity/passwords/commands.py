"""Giving somebody a password."""

from __future__ import annotations

import re

from services.identity.config import breached_passwords
from services.identity.passwords.rules import ensure_hard_to_guess, hash_password
from services.identity.staff.models import Staff
from shared.database.session import Session


def set_password(session: Session, member: Staff, password: str, field: str) -> None:
    """Give a member a password; raises `GuessablePassword`, `BreachedPassword`, naming the `field` it came in."""
    names = [member.given_name, member.family_name, *re.split(r"[@.]", member.email)]
    ensure_hard_to_guess(password, names, breached_passwords(session), field)
    member.password_hash = hash_password(password)
