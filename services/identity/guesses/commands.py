"""Wrong passwords: how many an address may get, and from where its owner is let in all the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.identity.credentials import password_fits
from services.identity.guesses import rules
from services.identity.guesses.models import KnownNetwork, SignInFailures
from services.identity.sessions.queries import Account
from services.identity.staff.models import Staff
from services.identity.staff.rules import email_key
from shared import clock, origin
from shared.database import set_tenant
from shared.errors import Refusal
from shared.ids import NIL

NOWHERE = "unknown"
EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Guesses:
    """The wrong passwords of one address: from where this request comes, and from everywhere. Both rows are locked."""

    session: Session
    here: SignInFailures
    everywhere: SignInFailures
    known_here: bool

    @classmethod
    def of(cls, session: Session, email: str, accounts: Sequence[Account]) -> Guesses:
        """Counted whether or not anybody has the address. Guesses sent at once are judged one after the other.

        A right password resets nothing, or whoever founds an organization under somebody else's address could.
        """
        known = any(_is_known(session, account) for account in accounts)
        set_tenant(session, NIL)
        key, network = email_key(email), origin.network.get() or NOWHERE
        buckets = sorted({rules.failure_bucket(key, network), rules.failure_bucket(key, EVERYWHERE)})
        rows = {bucket: _row(session, bucket) for bucket in buckets}  # always in this order: no two wait for each other
        here, everywhere = rules.failure_bucket(key, network), rules.failure_bucket(key, EVERYWHERE)
        return cls(session, rows[here], rows[everywhere], known)

    def ensure_may_guess(self) -> None:
        """Raises `TooManyFailures` with the seconds to wait."""
        now = clock.now()
        wait = rules.seconds_to_wait(rules.FROM_ONE_NETWORK, self.here.failures, self.here.since, now)
        if not wait and not self.known_here:
            everywhere = self.everywhere
            wait = rules.seconds_to_wait(rules.FROM_EVERYWHERE, everywhere.failures, everywhere.since, now)
        if wait:
            raise rules.TooManyFailures(retry_after_seconds=wait)

    def count(self) -> None:
        """One more wrong password."""
        set_tenant(self.session, NIL)
        now = clock.now()
        for row, window in ((self.here, rules.FROM_ONE_NETWORK), (self.everywhere, rules.FROM_EVERYWHERE)):
            row.failures, row.since = rules.failures_after(window, row.failures, row.since, now)
        self.session.flush()


def ensure_password(session: Session, member: Staff, password: str, refusal: Refusal) -> None:
    """That somebody signed in knows their password: raises `refusal`, which counts like a failed sign-in.

    Whoever holds a stolen access token must not find the password out either. Raises `TooManyFailures`.
    """
    guesses = Guesses.of(session, member.email, [])
    guesses.ensure_may_guess()
    set_tenant(session, member.organization_id)
    if not password_fits(member.password_hash, password):
        guesses.count()
        set_tenant(session, member.organization_id)
        raise refusal


def remember_network(session: Session, organization_id: UUID, staff_id: UUID) -> None:
    """Somebody signed in from here: for a month, what strangers guess elsewhere does not keep them out."""
    network = origin.network.get()
    if network is None:
        return
    values = {
        "organization_id": organization_id,
        "staff_id": staff_id,
        "network": network,
        "last_used_at": clock.now(),
    }
    statement = insert(KnownNetwork).values(**values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id", "staff_id", "network"], set_={"last_used_at": values["last_used_at"]}
        )
    )


def _is_known(session: Session, account: Account) -> bool:
    set_tenant(session, account.organization_id)
    found = session.scalar(
        select(KnownNetwork.last_used_at).where(
            KnownNetwork.organization_id == account.organization_id,
            KnownNetwork.staff_id == account.staff_id,
            KnownNetwork.network == (origin.network.get() or NOWHERE),
        )
    )
    return found is not None and clock.now() - found < rules.KNOWN_FOR


def _row(session: Session, bucket: int) -> SignInFailures:
    key = {"organization_id": NIL, "bucket": bucket}
    session.execute(insert(SignInFailures).values(**key, failures=0, since=clock.now()).on_conflict_do_nothing())
    return session.get_one(SignInFailures, key, with_for_update=True)
