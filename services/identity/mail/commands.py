"""Writing mail down, and sending it."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.identity.mail import rules
from services.identity.mail.models import Mail
from shared import clock, logs
from shared.database import Database
from shared.errors import Unavailable
from shared.ids import new_id
from shared.settings import Environment, MissingSetting

POLL_SECONDS: Final = 1.0
BATCH_MAX: Final = 20
SMTP_SECONDS: Final = 15.0
MAILS = Counter("caseload_mail_total", "Mail by what became of it.", ["outcome"])  # sent | failed | given_up
SEND_FAILURES: Final = (OSError, smtplib.SMTPException, ValueError)


def send_later(
    session: Session, organization_id: UUID, recipient: str, template: str, values: dict[str, Any], useful: timedelta
) -> None:
    """Write a message down; it goes out once this transaction has committed, if at all within `useful`."""
    now = clock.now()
    session.add(
        Mail(
            organization_id=organization_id,
            id=new_id(),
            recipient=recipient,
            template=template,
            values=values,
            created_at=now,
            useful_until=now + useful,
            next_try_at=now,
        )
    )


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


class Sender:
    """The part of the worker that sends what is due."""

    def __init__(self, database: Database, environment: Environment) -> None:
        self._database = database
        self._post = Post.load(environment)

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        if self._post.deliver is None:
            logs.get().warning("mail_not_configured")
        while not stop.wait(POLL_SECONDS):
            with contextlib.suppress(Unavailable):
                while self.send_due() and not stop.is_set():
                    pass

    def send_due(self) -> int:
        """Try what is due, at most a batch; returns how many were tried. Each is sent at least once, never lost."""
        if self._post.deliver is None:
            return 0
        return self._database.run(self._send_batch)

    def _send_batch(self, session: Session) -> int:
        now = clock.now()
        due = session.scalars(
            select(Mail)
            .where(Mail.sent_at.is_(None), Mail.given_up_at.is_(None), Mail.next_try_at <= now)
            .order_by(Mail.next_try_at)
            .limit(BATCH_MAX)
            .with_for_update(skip_locked=True)
        ).all()
        for mail in due:
            self._try(mail)
        return len(due)

    def _try(self, mail: Mail) -> None:
        now = clock.now()
        assert self._post.deliver is not None
        if now > mail.useful_until:
            self._give_up(mail, "lapsed")
            return
        mail.attempts += 1
        values = dict(mail.values)
        if path := values.pop("path", None):
            values["link"] = f"{self._post.public_url}{path}"
        try:
            self._post.deliver(rules.rendered(mail.template, values, mail.recipient, self._post.sender))
        except SEND_FAILURES as error:
            MAILS.labels("failed").inc()
            logs.get().warning("mail_failed", template=mail.template, attempts=mail.attempts, error=error)
            if mail.attempts >= rules.TRIES_MAX:
                self._give_up(mail, "tries")
            else:
                mail.next_try_at = now + rules.wait_before_try(mail.attempts)
        else:
            MAILS.labels("sent").inc()
            mail.sent_at, mail.values = now, {}

    def _give_up(self, mail: Mail, why: str) -> None:
        MAILS.labels("given_up").inc()
        logs.get().error("mail_given_up", template=mail.template, why=why)
        mail.given_up_at, mail.values = clock.now(), {}


def _by_smtp(url: str) -> Callable[[EmailMessage], None]:
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise MissingSetting("SMTP_URL must be smtp://user:password@host:port or smtps://…")
    host, encrypted = parts.hostname, parts.scheme == "smtps"
    port = parts.port or (465 if encrypted else 587)

    def deliver(message: EmailMessage) -> None:
        context = ssl.create_default_context()
        if encrypted:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SMTP_SECONDS, context=context)
        else:
            connection = smtplib.SMTP(host, port, timeout=SMTP_SECONDS)
        with connection:
            connection.ehlo()
            if not encrypted and connection.has_extn("starttls"):
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
