"""Changing and resetting passwords, and moving to another e-mail address."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.identity.account_changes import rules
from services.identity.account_changes.models import MailedToken, ResetRequest
from services.identity.login_throttling.commands import remember_place
from services.identity.mail.commands import POLL_SECONDS, send_later
from services.identity.organization.models import Organization
from services.identity.passwords.commands import set_password
from services.identity.passwords.rules import password_fits
from services.identity.second_factors.commands import Proof, proven
from services.identity.sessions.commands import end_sessions_of
from services.identity.sessions.queries import accounts_by_email
from services.identity.staff.commands import change_own_email
from services.identity.staff.models import Staff
from services.identity.staff.rules import email_key
from services.identity.tokens.rules import hash_token, organization_of, token_for
from shared import audit, clock, logs
from shared.actor import Person
from shared.database.session import Database, Session, set_tenant
from shared.errors import Unavailable
from shared.ids import NIL, new_id

BATCH_MAX: Final = 50
NOTICE_USEFUL: Final = timedelta(days=2)
ACCOUNTS_MAX: Final = 20  # of one address, for which a request makes mail
HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class NewPassword:
    """The password from now on, and the proof of who asks."""

    proof: Proof
    new_password: str


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """The password from now on, and the token from the mail."""

    token: str
    new_password: str


@dataclass(frozen=True, slots=True)
class NewEmail:
    """The address from now on, and the proof of who asks."""

    proof: Proof
    new_email: str


def change_password(session: Session, actor: Person, change: NewPassword) -> None:
    """Another password; every other session ends.

    Raises `SamePassword`, `GuessablePassword`, `BreachedPassword`, what `proven` does.
    """
    member = proven(session, actor, change.proof)
    if password_fits(member.password_hash, change.new_password):
        raise rules.SamePassword()
    set_password(session, member, change.new_password, "new_password")
    end_sessions_of(session, member.organization_id, member.id, "password_changed", but=actor.session_id)
    _void_tokens_of(session, member)
    _notify(session, member, "password_changed")
    audit.describe(session, object_id=member.id)


def request_reset(session: Session, email: str) -> None:
    """Write the request down, the same for every address: what comes of it is for the jobs process and the mailbox.

    Once, however often it is asked for meanwhile. It happens in no organization, so no audit row tells of it.
    """
    set_tenant(session, NIL)
    values = {"organization_id": NIL, "id": new_id(), "email_key": email_key(email), "requested_at": clock.now()}
    session.execute(insert(ResetRequest).values(values).on_conflict_do_nothing())
    set_tenant(session, None)


def reset_password(session: Session, reset: ResetPassword) -> Staff:
    """Use the token up and set the password; ends every session, leaves second factors on, voids other tokens.

    The reader of the mailbox is the owner, so from here they are let in, whatever others guess elsewhere.

    Raises `TokenNotUsable`, `GuessablePassword`, `BreachedPassword`.
    """
    used = _use(session, reset.token, rules.RESET)
    member = _holder(session, used)
    set_password(session, member, reset.new_password, "new_password")
    member.email_confirmed_at = clock.now()
    remember_place(session, member.organization_id, member.id)
    end_sessions_of(session, member.organization_id, member.id, "password_changed")
    _void_tokens_of(session, member)
    _notify(session, member, "password_changed")
    audit.describe(session, actor_id=member.id, object_id=member.id)
    return member


def request_email_change(session: Session, actor: Person, change: NewEmail) -> None:
    """Mail a token to the new address and a notice to the old one. Raises `TooManyMoves`, what `proven` does.

    Whether somebody has the new address already is told when it is confirmed, to the reader of its mail.
    """
    member = proven(session, actor, change.proof)
    if _mailed_lately(session, member.organization_id, member.id, rules.EMAIL_CHANGE) >= rules.MOVES_PER_HOUR_MAX:
        raise rules.TooManyMoves(retry_after_seconds=3600)
    _mail_token(session, member, rules.EMAIL_CHANGE, change.new_email, change.new_email)
    _notify(session, member, "email_changing")
    audit.describe(session, object_id=member.id)


def confirm_email_change(session: Session, token: str) -> Staff:
    """Give the holder of the token this address, whose mail they read. Raises `TokenNotUsable`, `EmailTaken`."""
    used = _use(session, token, rules.EMAIL_CHANGE)
    assert used.new_email is not None
    member = _holder(session, used)
    change_own_email(session, member, used.new_email)
    _void_tokens_of(session, member)
    audit.describe(session, actor_id=member.id, object_id=member.id)
    return member


class ResetMailer:
    """The part of the jobs process that turns requests into mail: no answer tells who has an account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        while not stop.wait(POLL_SECONDS):
            with contextlib.suppress(Unavailable):
                while self.answer_some() and not stop.is_set():
                    pass

    def answer_some(self) -> int:
        """Answer what was requested, at most a batch; returns how many requests that were."""
        return self._database.run(self._answer_batch)

    def _answer_batch(self, session: Session) -> int:
        oldest = select(ResetRequest.id).order_by(ResetRequest.id).limit(BATCH_MAX).with_for_update(skip_locked=True)
        taken = session.execute(
            delete(ResetRequest).where(ResetRequest.id.in_(oldest)).returning(ResetRequest.email_key)
        ).scalars()
        requests = list(taken)
        for key in dict.fromkeys(requests):
            for account in accounts_by_email(session, key, most=ACCOUNTS_MAX):
                self._answer(session, account.organization_id, account.staff_id)
        return len(requests)

    def _answer(self, session: Session, organization_id: UUID, staff_id: UUID) -> None:
        set_tenant(session, organization_id)
        lately = _mailed_lately(session, organization_id, staff_id, rules.RESET)
        if lately >= rules.RESETS_PER_HOUR_MAX:
            logs.get().warning("reset_requests_over_limit", staff_id=str(staff_id))
            return
        member = session.get_one(Staff, (organization_id, staff_id))
        _mail_token(session, member, rules.RESET, member.email, None)
        session.flush()


def _mailed_lately(session: Session, organization_id: UUID, staff_id: UUID, purpose: str) -> int:
    statement = select(func.count()).where(
        MailedToken.organization_id == organization_id,
        MailedToken.staff_id == staff_id,
        MailedToken.purpose == purpose,
        MailedToken.created_at > clock.now() - HOUR,
    )
    return session.scalar(statement) or 0


def _mail_token(session: Session, member: Staff, purpose: str, recipient: str, new_email: str | None) -> None:
    token, now = token_for(member.organization_id), clock.now()
    session.add(
        MailedToken(
            organization_id=member.organization_id,
            id=new_id(),
            staff_id=member.id,
            purpose=purpose,
            token_hash=hash_token(token),
            new_email=new_email,
            created_at=now,
            expires_at=now + rules.LIFETIME[purpose],
        )
    )
    # Behind the #, so that it reaches neither a server's log nor a referrer.
    values = {"organization": _name_of(session, member), "path": f"/{purpose.replace('_', '-')}#token={token}"}
    send_later(session, member.organization_id, recipient, purpose, values, rules.LIFETIME[purpose])


def _notify(session: Session, member: Staff, template: str) -> None:
    values = {"organization": _name_of(session, member)}
    send_later(session, member.organization_id, member.email, template, values, NOTICE_USEFUL)


def _name_of(session: Session, member: Staff) -> str:
    return session.get_one(Organization, member.organization_id).name


def _use(session: Session, token: str, purpose: str) -> MailedToken:
    """One UPDATE both checks and uses it, so that of many at once exactly one succeeds."""
    organization_id = organization_of(token)
    if organization_id is None:
        raise rules.TokenNotUsable()
    set_tenant(session, organization_id)
    used = session.scalars(
        update(MailedToken)
        .where(
            MailedToken.organization_id == organization_id,
            MailedToken.token_hash == hash_token(token),
            MailedToken.purpose == purpose,
            MailedToken.used_at.is_(None),
            MailedToken.expires_at > clock.now(),
        )
        .values(used_at=clock.now())
        .returning(MailedToken)
    ).first()
    if used is None:
        raise rules.TokenNotUsable()
    return used


def _holder(session: Session, used: MailedToken) -> Staff:
    """Whose token it is, locked. A token from before their leaving means nothing, also once they were taken back."""
    member = session.get_one(Staff, (used.organization_id, used.staff_id), with_for_update=True)
    if not member.active or (member.signed_out_at and used.created_at <= member.signed_out_at):
        raise rules.TokenNotUsable()
    return member


def _void_tokens_of(session: Session, member: Staff) -> None:
    """Void every other token under way by mail: somebody whom this locks out may have asked for it."""
    session.execute(
        update(MailedToken)
        .where(
            MailedToken.organization_id == member.organization_id,
            MailedToken.staff_id == member.id,
            MailedToken.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )
