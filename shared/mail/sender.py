"""Sends one service's mail: claimed and counted before a message is handed over, marked afterwards.

So it goes out at least once. Where it arrives twice, it has one `Message-ID`, by which mail programs show it once.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any, Final
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from shared import clock, logs
from shared.database.claim_loop import Channel, ClaimLoop
from shared.database.glance import finds
from shared.database.session import Database, Session
from shared.database.waiting_metrics import Queue
from shared.failpoints import failpoint
from shared.ids import NIL
from shared.mail import limits
from shared.mail.composing import LINK, Template, rendered
from shared.mail.delivery import Post
from shared.mail.models import Mail, MailCount
from shared.settings import Environment

POLL_SECONDS: Final = 2.0  # behind NOTIFY: what is tried again, or was put off
BATCH_MAX: Final = 20
_ANY_DUE: Final = "SELECT FROM mail WHERE sent_at IS NULL AND given_up_at IS NULL AND next_try_at <= %s LIMIT 1"
QUEUE: Final = Queue(
    "mail",
    "Messages that have not gone out and are not held",
    "SELECT created_at AS since FROM mail WHERE sent_at IS NULL AND given_up_at IS NULL AND NOT held",
)
MAILS = Counter("caseload_mail_total", "Mail by what became of it.", ["service", "outcome"])  # sent | failed | given_up


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message that this process is to deliver, for the `attempts`th time."""

    organization_id: UUID
    id: UUID
    recipient: str
    template: str
    values: Mapping[str, Any]
    attempts: int
    written_at: datetime


class Sender:
    """The part of the jobs process that sends what is due.

    Each message at least once and at most `limits.TRIES_MAX` times: an attempt is counted and committed before it is
    made, no transaction is open while the other side takes its time, and what came of it is a transaction of its own.
    """

    def __init__(
        self, service: str, database: Database, environment: Environment, templates: Mapping[str, Template]
    ) -> None:
        """`templates`: the service's, by name."""
        self._service, self._database, self._templates = service, database, templates
        self._post = Post.load(environment)

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        if self._post.deliver is None:
            logs.get().warning("mail_not_configured")
        ClaimLoop(
            self._service,
            "mail",
            is_due=lambda: finds(self._database, _ANY_DUE, clock.now()),
            claim_some=self.send_due,
            seconds=lambda: POLL_SECONDS,
            channel=Channel(self._database.url, Mail.__tablename__),
        ).run(stop)

    def send_due(self) -> int:
        """Try one message that is due, and give up what is too late for; returns how many messages that were."""
        deliver = self._post.deliver
        if deliver is None:
            return self._database.run(self._give_up_lapsed)
        claimed, given_up = self._database.run(self._claim)
        if claimed is None:
            return given_up  # or put off
        failpoint("mail.claimed")
        try:
            deliver(self._message(claimed))
        except Exception as error:  # whatever it is, it must not hold up the messages behind it
            MAILS.labels(self._service, "failed").inc()
            logs.get().warning("mail_failed", template=claimed.template, attempts=claimed.attempts, error=error)
            self._database.run(lambda session: self._record_failure(session, claimed))
        else:
            failpoint("mail.delivered")
            MAILS.labels(self._service, "sent").inc()
            self._database.run(lambda session: _record_sent(session, claimed))
            failpoint("mail.marked")
        return given_up + 1

    def _message(self, claimed: Claimed) -> EmailMessage:
        values = dict(claimed.values)
        if path := values.pop("path", None):
            values[LINK] = f"{self._post.public_url}{path}"
        message = rendered(self._templates[claimed.template], values, claimed.recipient, self._post.sender)
        # The same at each attempt.
        message["Message-ID"] = f"<{claimed.id}@{parseaddr(self._post.sender)[1].rpartition('@')[2]}>"
        message["Date"] = claimed.written_at
        return message

    def _give_up_lapsed(self, session: Session) -> int:
        """Give up due messages whose `useful_until` has passed, one batch at most; returns the count."""
        now = clock.now()
        lapsed = session.scalars(_due(now).where(Mail.useful_until < now).limit(BATCH_MAX)).all()
        for mail in lapsed:
            self._give_up(mail, "lapsed")
        return len(lapsed)

    def _claim(self, session: Session) -> tuple[Claimed | None, int]:
        """The message that has been due for longest; and how many were given up or put off instead, at most a batch.

        Its next try comes when this one must be over, whatever becomes of it; after the last one it is given up.
        """
        now = clock.now()
        given_up = 0
        for mail in session.scalars(_due(now).limit(BATCH_MAX)).all():
            if now > mail.useful_until or mail.attempts >= limits.TRIES_MAX:
                self._give_up(mail, "lapsed" if now > mail.useful_until else "tries")
                given_up += 1
                continue
            if mail.attempts == 0 and mail.bucket is not None and (later := _counted(session, mail.bucket, now)) > now:
                mail.next_try_at = later
                return None, given_up + 1  # with one count locked and no more: two senders never wait for each other
            mail.attempts += 1
            mail.next_try_at = now + max(limits.TRY_OVER, limits.wait_before_try(mail.attempts))
            message = (mail.organization_id, mail.id, mail.recipient, mail.template, mail.values)
            return Claimed(*message, mail.attempts, mail.created_at), given_up
        return None, given_up

    def _record_failure(self, session: Session, claimed: Claimed) -> None:
        mail = session.get(Mail, (claimed.organization_id, claimed.id), with_for_update=True)
        if mail is None or mail.sent_at or mail.given_up_at or mail.attempts != claimed.attempts:
            return  # somebody else has tried it since
        if mail.attempts >= limits.TRIES_MAX:
            self._give_up(mail, "tries")
        else:
            mail.next_try_at = clock.now() + limits.wait_before_try(mail.attempts)

    def _give_up(self, mail: Mail, why: str) -> None:
        MAILS.labels(self._service, "given_up").inc()
        logs.get().error("mail_given_up", template=mail.template, why=why)
        mail.given_up_at, mail.values, mail.held = clock.now(), {}, False


def _counted(session: Session, bucket: int, now: datetime) -> datetime:
    """Count one more message to an address, and return `now`; or when it may have the next one, and count nothing."""
    key = {"organization_id": NIL, "bucket": bucket}
    made = insert(MailCount).values(**key, in_hour=0, hour_since=now, in_day=0, day_since=now)
    session.execute(made.on_conflict_do_update(index_elements=list(key), set_={"in_hour": MailCount.in_hour}))
    row = session.get_one(MailCount, key, populate_existing=True)
    may = limits.mail_may_go(row.in_hour, row.hour_since, row.in_day, row.day_since, now)
    if may <= now:
        fresh_hour, fresh_day = now - row.hour_since >= limits.HOUR, now - row.day_since >= limits.DAY
        row.in_hour, row.hour_since = (1, now) if fresh_hour else (row.in_hour + 1, row.hour_since)
        row.in_day, row.day_since = (1, now) if fresh_day else (row.in_day + 1, row.day_since)
    return may


def _record_sent(session: Session, claimed: Claimed) -> None:
    mail = session.get(Mail, (claimed.organization_id, claimed.id), with_for_update=True)
    if mail is not None:
        mail.sent_at, mail.given_up_at, mail.values = clock.now(), None, {}


def _due(now: datetime) -> Select[Mail]:
    waiting = select(Mail).where(Mail.sent_at.is_(None), Mail.given_up_at.is_(None), Mail.next_try_at <= now)
    return waiting.order_by(Mail.next_try_at).with_for_update(skip_locked=True)
