"""Where mail goes: to an SMTP server, into a local mailbox, or nowhere yet."""

from __future__ import annotations

import ipaddress
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from shared import clock
from shared.ids import new_id
from shared.settings import Environment, MissingSetting

SMTP_SECONDS: Final = 15.0
SCHEMES: Final = ("smtp", "smtps", "smtp+plain")


@dataclass(frozen=True, slots=True)
class Post:
    """Where mail goes, from the environment: `SMTP_URL`, else files in `MAILBOX_DIR`, else it waits."""

    sender: str
    public_url: str
    deliver: Callable[[EmailMessage], None] | None

    @classmethod
    def load(cls, environment: Environment) -> Post:
        """Raises `MissingSetting` for an address that is none."""
        smtp, folder = environment.text("SMTP_URL", ""), environment.text("MAILBOX_DIR", "")
        deliver: Callable[[EmailMessage], None] | None = None
        if smtp:
            deliver = _by_smtp(smtp)
        elif folder:
            deliver = _into_folder(Path(folder))
        sender = environment.text("MAIL_FROM", "Caseload <no-reply@localhost>")
        return cls(sender, environment.text("PUBLIC_URL", "http://127.0.0.1:8080").rstrip("/"), deliver)


def must_encrypt(scheme: str, host: str) -> bool:
    """Whether mail goes to that host by STARTTLS or not at all: unless it is this machine, or plain was asked for."""
    return scheme == "smtp" and not is_loopback(host)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, by its name or address alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _by_smtp(url: str) -> Callable[[EmailMessage], None]:
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise MissingSetting("SMTP_URL must be smtp://user:password@host:port, smtps://… or smtp+plain://…")
    host, scheme = parts.hostname, parts.scheme
    port = parts.port or (465 if scheme == "smtps" else 587)

    def deliver(message: EmailMessage) -> None:
        context = ssl.create_default_context()
        if scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SMTP_SECONDS, context=context)
        else:
            connection = smtplib.SMTP(host, port, timeout=SMTP_SECONDS)
        with connection:
            connection.ehlo()
            # Required, not only used where offered: somebody in between can take the offer out.
            if must_encrypt(scheme, host) or (scheme == "smtp" and connection.has_extn("starttls")):
                connection.starttls(context=context)
            if parts.username:
                connection.login(unquote(parts.username), unquote(parts.password or ""))
            connection.send_message(message)

    return deliver


def _into_folder(folder: Path) -> Callable[[EmailMessage], None]:
    folder.mkdir(parents=True, exist_ok=True)

    def deliver(message: EmailMessage) -> None:
        file = folder / f"{clock.now():%Y%m%dT%H%M%S}-{new_id()}.eml"
        fresh = file.with_suffix(".new")
        fresh.write_bytes(bytes(message))
        fresh.chmod(0o600)
        fresh.replace(file)

    return deliver
