"""Changing and resetting passwords, and moving to another e-mail address."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services.identity.account_changes import rules
from services.identity.account_changes.models import ResetRequest
from services.identity.invitations.commands import send_what_waited
from services.identity.known_devices.commands import forget_devices
from services.identity.login_throttling.commands import remember_place
from services.identity.mail.commands import send_later
from services.identity.mailed_tokens.commands import (
    holder_of,
    mail_token,
    mailed_lately,
    name_of,
    use_token,
    void_tokens_of,
    why_not,
)
from services.identity.mailed_tokens.rules import CONFIRMATION, EMAIL_CHANGE, RESET, TokenNotUsable
from services.identity.organization.commands import confirm_founder
from services.identity.organization.queries import own_organization
from services.identity.passwords.commands import set_password
from services.identity.passwords.rules import password_fits
from services.identity.second_factors.commands import Proof, proven
from services.identity.sessions.commands import next_cookie
from services.identity.sessions.ending import end_sessions_of
from services.identity.sessions.queries import accounts_by_email
from services.identity.staff.commands import change_own_email
from services.identity.staff.models import Staff
from services.identity.staff.queries import one_member
from services.identity.staff.rules import email_key
from shared import audit, clock, logs
from shared.actor import Person
from shared.database.claim_loop import Channel, ClaimLoop
from shared.database.glance import finds
from shared.database.session import Database, Session, set_tenant
from shared.failpoints import failpoint
from shared.ids import NIL, new_id

POLL_SECONDS: Final = 2.0  # behind NOTIFY
BATCH_MAX: Final = 50
NOTICE_USEFUL: Final = timedelta(days=2)
ACCOUNTS_MAX: Final = 20  # of one address, for which a request makes mail
_ANY_REQUEST: Final = "SELECT FROM reset_requests LIMIT 1"


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


def change_password(session: Session, actor: Person, change: NewPassword) -> str | None:
    """Another password; every other session ends, and no browser is known. Returns the browser's next token, if any.

    Raises `SamePassword`, `GuessablePassword`, `BreachedPassword`, what `proven` does.
    """
    member = proven(session, actor, change.proof)
    if password_fits(member.password_hash, change.new_password):
        raise rules.SamePassword()
    set_password(session, member, change.new_password, "new_password")
    end_sessions_of(session, member.organization_id, member.id, "password_changed", but=actor.session_id)
    forget_devices(session, member.organization_id, member.id)
    void_tokens_of(session, member.organization_id, member.id)
    _notify(session, member, "password_changed")
    audit.describe(session, object_id=member.id)
    return next_cookie(session, actor)


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

    No browser is known from here on, for one of them may be a thief's.

    The reader of the mailbox is the owner, so from here they are let in, whatever others guess elsewhere.

    Raises `TokenNotUsable`, `GuessablePassword`, `BreachedPassword`.
    """
    used = use_token(session, reset.token, RESET)
    member = holder_of(session, used)
    set_password(session, member, reset.new_password, "new_password")
    _address_shown(session, member)
    remember_place(session, member.organization_id, member.id)
    end_sessions_of(session, member.organization_id, member.id, "password_changed")
    forget_devices(session, member.organization_id, member.id)
    void_tokens_of(session, member.organization_id, member.id)
    _notify(session, member, "password_changed")
    audit.describe(session, actor_id=member.id, object_id=member.id)
    return member


def request_email_change(session: Session, actor: Person, change: NewEmail) -> None:
    """Mail a token to the new address and a notice to the old one. Raises `TooManyMoves`, what `proven` does.

    An earlier token is void from now on.
    Whether somebody has the new address already is told when it is confirmed, to the reader of its mail.
    """
    member = proven(session, actor, change.proof)
    if mailed_lately(session, member.organization_id, member.id, EMAIL_CHANGE) >= rules.MOVES_PER_HOUR_MAX:
        raise rules.TooManyMoves(retry_after_seconds=3600)
    void_tokens_of(session, member.organization_id, member.id, EMAIL_CHANGE)  # the address before may be a wrong one
    mail_token(session, member, EMAIL_CHANGE, change.new_email, change.new_email)
    _notify(session, member, "email_changing")
    audit.describe(session, object_id=member.id)


def cancel_email_change(session: Session, actor: Person) -> None:
    """Void the link that was mailed to the new address, so that the address stays. Without one nothing changes."""
    void_tokens_of(session, actor.organization_id, actor.staff_id, EMAIL_CHANGE)
    audit.describe(session, object_id=actor.staff_id)


def confirm_email_change(session: Session, token: str) -> Staff:
    """Give the holder of the token this address, whose mail they read. Raises `TokenNotUsable`, `EmailTaken`."""
    used = use_token(session, token, EMAIL_CHANGE)
    assert used.new_email is not None
    member = holder_of(session, used)
    change_own_email(session, member, used.new_email)
    _address_shown(session, member)
    void_tokens_of(session, member.organization_id, member.id)
    audit.describe(session, actor_id=member.id, object_id=member.id)
    return member


def mail_confirmation(session: Session, founder: Staff) -> None:
    """Mail the founder of a practice the link that shows that their address is theirs."""
    mail_token(session, founder, CONFIRMATION, founder.email, None)


def request_confirmation(session: Session, actor: Person) -> None:
    """Mail the founder's link again. Raises `NothingToConfirm`, `TooManyConfirmations`."""
    member = one_member(session, actor, actor.staff_id, for_update=True)
    if own_organization(session, actor).unconfirmed_founder_id != member.id:
        raise rules.NothingToConfirm()
    lately = mailed_lately(session, member.organization_id, member.id, CONFIRMATION)
    if lately >= rules.CONFIRMATIONS_PER_HOUR_MAX:
        raise rules.TooManyConfirmations(retry_after_seconds=3600)
    mail_confirmation(session, member)
    audit.describe(session, object_id=member.id)


def confirm_organization(session: Session, token: str) -> Staff:
    """The founder reads the mail of their address: the practice's mail goes out from now on.

    Raises `LinkUsed`, `LinkExpired`, `TokenNotUsable`.
    """
    try:
        used = use_token(session, token, CONFIRMATION)
    except TokenNotUsable as refusal:
        raise why_not(session, token) from refusal
    member = holder_of(session, used)
    _address_shown(session, member)
    audit.describe(session, actor_id=member.id, object_id=member.id)
    return member


class ResetMailer:
    """The part of the jobs process that turns requests into mail: no answer tells who has an account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def run(self, stop: threading.Event) -> None:
        """Until `stop` is set."""
        ClaimLoop(
            "identity",
            "resets",
            is_due=lambda: finds(self._database, _ANY_REQUEST),
            claim_some=self.answer_some,
            seconds=lambda: POLL_SECONDS,
            channel=Channel(self._database.url, ResetRequest.__tablename__),
        ).run(stop)

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
        failpoint("resets.answered")
        return len(requests)

    def _answer(self, session: Session, organization_id: UUID, staff_id: UUID) -> None:
        set_tenant(session, organization_id)
        lately = mailed_lately(session, organization_id, staff_id, RESET)
        if lately >= rules.RESETS_PER_HOUR_MAX:
            logs.get().warning("reset_requests_over_limit", staff_id=str(staff_id))
            return
        member = session.get_one(Staff, (organization_id, staff_id))
        mail_token(session, member, RESET, member.email, None)
        session.flush()


def _notify(session: Session, member: Staff, template: str) -> None:
    values = {"organization": name_of(session, member)}
    send_later(session, member.organization_id, member.email, template, values, NOTICE_USEFUL)


def _address_shown(session: Session, member: Staff) -> None:
    """The member reads the mail of their address; where they are the founder, what waited for that goes out."""
    member.email_confirmed_at = clock.now()
    if confirm_founder(session, member.organization_id, member.id):
        send_what_waited(session, member.organization_id)
