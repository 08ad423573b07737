"""Writing mail down, and sending it."""

from __future__ import annotations

import smtplib
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import ColumnExpressionArgument, Select, select, update
from sqlalchemy.dialects.postgresql import insert

from services.identity.config import Resources
from services.identity.mail import rules
from services.identity.mail.models import Mail, MailCount
from services.identity.organization.models import Organization
from services.identity.staff.rules import email_key
from shared import clock, logs
from shared.database.claim_loop import ClaimLoop
from shared.database.glance import finds
from shared.database.session import Database, Session
from shared.failpoints import failpoint
from shared.ids import NIL, new_id
from shared.settings import Environment, MissingSetting

POLL_SECONDS: Final = 1.0
BATCH_MAX: Final = 20
LAPSED: Final = timedelta(seconds=1)  # after the end of its use a message is given up
SMTP_SECONDS: Final = 15.0
_ANY_DUE: Final = "SELECT FROM mail WHERE sent_at IS NULL AND given_up_at IS NULL AND next_try_at <= %s LIMIT 1"
MAILS = Counter("caseload_mail_total", "Mail by what became of it.", ["outcome"])  # sent | failed | given_up


def send_later(
    session: Session,
    organization_id: UUID,
    recipient: str,
    template: str,
    values: dict[str, Any],
    useful: timedelta,
    *,
    asked_by: UUID | None = None,
    about: UUID | None = None,
) -> None:
    """Write a message down; it goes out once this transaction has committed, if at all within `useful`.

    Until the practice's founder is confirmed it waits, unless it is to show that an address is the founder's: then
    `asked_by` is the member whose address that is. `about` is the invitation in it.
    """
    now = clock.now()
    founder = _unconfirmed_founder(session, organization_id)
    held = founder is not None and founder != asked_by
    session.add(
        Mail(
            organization_id=organization_id,
            id=new_id(),
            recipient=recipient,
            template=template,
            values=values,
            created_at=now,
            useful_until=now + useful,
            next_try_at=now + useful + LAPSED if held else now,
            held=held,
            about=about,
            bucket=_bucket(session, template, recipient),
        )
    )


def release(session: Session, organization_id: UUID, still_useful: ColumnExpressionArgument[bool]) -> None:
    """Send what waited for the founder's confirmation, as far as `still_useful` holds of it; the rest lapses."""
    statement = update(Mail).where(Mail.organization_id == organization_id, Mail.held, still_useful)
    released = statement.values(held=False, next_try_at=clock.now())
    session.execute(released, execution_options={"synchronize_session": False})


def _unconfirmed_founder(session: Session, organization_id: UUID) -> UUID | None:
    """Who is to confirm their address; with a lock, so that mail is written before the confirmation or goes out."""
    founder = select(Organization.unconfirmed_founder_id).where(Organization.organization_id == organization_id)
    if session.scalar(founder) is None:
        return None
    return session.scalar(founder.with_for_update(read=True))


def _bucket(session: Session, template: str, recipient: str) -> int | None:
    """Where a message counts; the worker, which has no key, writes only what goes to the staff of a practice."""
    if not isinstance(session.resources, Resources):
        return None
    return rules.bucket_of(session.resources.sealer.fingerprint, template, email_key(recipient))


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


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message that this process is to deliver, for the `attempts`th time."""

    organization_id: UUID
    id: UUID
    recipient: str
    template: str
    values: Mapping[str, Any]
    attempts: int


class Sender:
    """The part of the jobs process that sends what is due.

    Each message at least once and at most `rules.TRIES_MAX` times: an attempt is counted and committed before it is
    made, no transaction is open while the other side takes its time, and what came of it is a transaction of its own.
    """

    def __init__(self, database: Database, environment: Environment) -> None:
        self._database = database
        self._post = Post.load(environment)

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        if self._post.deliver is None:
            logs.get().warning("mail_not_configured")
        ClaimLoop(
            "identity",
            "mail",
            is_due=lambda: finds(self._database, _ANY_DUE, clock.now()),
            claim_some=self.send_due,
            seconds=lambda: POLL_SECONDS,
        ).run(stop)

    def send_due(self) -> int:
        """Try one message that is due, and give up what is too late for; returns how many messages that were."""
        deliver = self._post.deliver
        if deliver is None:
            return self._database.run(_give_up_lapsed)
        claimed, given_up = self._database.run(_claim)
        if claimed is None:
            return given_up  # or put off
        failpoint("mail.claimed")
        try:
            deliver(self._message(claimed))
        except Exception as error:  # whatever it is, it must not hold up the messages behind it
            MAILS.labels("failed").inc()
            logs.get().warning("mail_failed", template=claimed.template, attempts=claimed.attempts, error=error)
            self._database.run(lambda session: _record_failure(session, claimed))
        else:
            failpoint("mail.delivered")
            MAILS.labels("sent").inc()
            self._database.run(lambda session: _record_sent(session, claimed))
            failpoint("mail.marked")
        return given_up + 1

    def _message(self, claimed: Claimed) -> EmailMessage:
        values = dict(claimed.values)
        if path := values.pop("path", None):
            values["link"] = f"{self._post.public_url}{path}"
        return rules.rendered(claimed.template, values, claimed.recipient, self._post.sender)


def _give_up_lapsed(session: Session) -> int:
    """Give up due messages whose `useful_until` has passed, one batch at most; returns the count."""
    now = clock.now()
    lapsed = session.scalars(_due(now).where(Mail.useful_until < now).limit(BATCH_MAX)).all()
    for mail in lapsed:
        _give_up(mail, "lapsed")
    return len(lapsed)


def _claim(session: Session) -> tuple[Claimed | None, int]:
    """The message that has been due for longest; and how many were given up or put off instead, at most a batch.

    Its next try comes when this one must be over, whatever becomes of it; after the last one it is given up.
    """
    now = clock.now()
    given_up = 0
    for mail in session.scalars(_due(now).limit(BATCH_MAX)).all():
        if now > mail.useful_until or mail.attempts >= rules.TRIES_MAX:
            _give_up(mail, "lapsed" if now > mail.useful_until else "tries")
            given_up += 1
            continue
        if mail.attempts == 0 and mail.bucket is not None and (later := _counted(session, mail.bucket, now)) > now:
            mail.next_try_at = later
            return None, given_up + 1  # with one count locked and no more: two senders never wait for each other
        mail.attempts += 1
        mail.next_try_at = now + max(rules.TRY_OVER, rules.wait_before_try(mail.attempts))
        facts = (mail.organization_id, mail.id, mail.recipient, mail.template, mail.values, mail.attempts)
        return Claimed(*facts), given_up
    return None, given_up


def _counted(session: Session, bucket: int, now: datetime) -> datetime:
    """Count one more message to an address, and return `now`; or when it may have the next one, and count nothing."""
    key = {"organization_id": NIL, "bucket": bucket}
    made = insert(MailCount).values(**key, in_hour=0, hour_since=now, in_day=0, day_since=now)
    session.execute(made.on_conflict_do_update(index_elements=list(key), set_={"in_hour": MailCount.in_hour}))
    row = session.get_one(MailCount, key, populate_existing=True)
    may = rules.mail_may_go(row.in_hour, row.hour_since, row.in_day, row.day_since, now)
    if may <= now:
        fresh_hour, fresh_day = now - row.hour_since >= rules.HOUR, now - row.day_since >= rules.DAY
        row.in_hour, row.hour_since = (1, now) if fresh_hour else (row.in_hour + 1, row.hour_since)
        row.in_day, row.day_since = (1, now) if fresh_day else (row.in_day + 1, row.day_since)
    return may


def _record_sent(session: Session, claimed: Claimed) -> None:
    mail = session.get(Mail, (claimed.organization_id, claimed.id), with_for_update=True)
    if mail is not None:
        mail.sent_at, mail.given_up_at, mail.values = clock.now(), None, {}


def _record_failure(session: Session, claimed: Claimed) -> None:
    mail = session.get(Mail, (claimed.organization_id, claimed.id), with_for_update=True)
    if mail is None or mail.sent_at or mail.given_up_at or mail.attempts != claimed.attempts:
        return  # somebody else has tried it since
    if mail.attempts >= rules.TRIES_MAX:
        _give_up(mail, "tries")
    else:
        mail.next_try_at = clock.now() + rules.wait_before_try(mail.attempts)


def _due(now: datetime) -> Select[Mail]:
    waiting = select(Mail).where(Mail.sent_at.is_(None), Mail.given_up_at.is_(None), Mail.next_try_at <= now)
    return waiting.order_by(Mail.next_try_at).with_for_update(skip_locked=True)


def _give_up(mail: Mail, why: str) -> None:
    MAILS.labels("given_up").inc()
    logs.get().error("mail_given_up", template=mail.template, why=why)
    mail.given_up_at, mail.values, mail.held = clock.now(), {}, False


def _by_smtp(url: str) -> Callable[[EmailMessage], None]:
    parts = urlsplit(url)
    if parts.scheme not in rules.SCHEMES or not parts.hostname:
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
            if rules.must_encrypt(scheme, host) or (scheme == "smtp" and connection.has_extn("starttls")):
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
