"""Counting failed sign-ins, and remembering from where an account's owner signed in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.identity.config import sealer
from services.identity.login_throttling import rules
from services.identity.login_throttling.models import KnownNetwork, SignInFailures
from services.identity.passwords.rules import password_fits
from services.identity.staff.models import Staff
from services.identity.staff.rules import email_key
from shared import client_network, clock
from shared.database.session import Session, set_tenant
from shared.errors import Refusal
from shared.ids import NIL

NOWHERE = "unknown"
EVERYWHERE = "*"


class AccountKey(NamedTuple):
    """Which account."""

    organization_id: UUID
    staff_id: UUID


NOBODY = AccountKey(NIL, NIL)


@dataclass(frozen=True, slots=True)
class LoginThrottle:
    """The failed sign-ins of one address: from this request's network, and from everywhere. Both rows are locked."""

    session: Session
    here: SignInFailures
    everywhere: SignInFailures
    known_here: frozenset[AccountKey]

    @classmethod
    def of(cls, session: Session, email: str, accounts: Iterable[AccountKey]) -> LoginThrottle:
        """Lock the counts of an address, whether or not anybody has it. Attempts sent at once are judged one by one.

        A right password resets nothing: a stranger could sign up under somebody else's address to reset its counts.
        """
        # An address that nobody has takes as long.
        known = frozenset(account for account in list(accounts) or [NOBODY] if _is_known(session, account))
        set_tenant(session, NIL)
        key, network, fingerprint = (
            email_key(email),
            client_network.current.get() or NOWHERE,
            sealer(session).fingerprint,
        )
        here = rules.failure_bucket(fingerprint, key, network)
        everywhere = rules.failure_bucket(fingerprint, key, EVERYWHERE)
        # Always in this order: no two wait for each other.
        rows = {bucket: _row(session, bucket) for bucket in sorted({here, everywhere})}
        return cls(session, rows[here], rows[everywhere], known)

    def allowed_attempts(self, accounts: Collection[AccountKey]) -> list[AccountKey]:
        """The accounts whose password this request may try. Raises `TooManyFailures` where there is none.

        Above the limit for all networks only accounts that signed in from this network lately are left. Each account is
        judged by itself, so that a stranger's account under the same address opens nothing.
        """
        now = clock.now()
        wait = rules.seconds_to_wait(rules.FROM_ONE_NETWORK, self.here.failures, self.here.since, now)
        if not wait:
            everywhere = self.everywhere
            wait = rules.seconds_to_wait(rules.FROM_EVERYWHERE, everywhere.failures, everywhere.since, now)
            known = [account for account in accounts if account in self.known_here]
            if not wait:
                return list(accounts)
            if known:
                return known
        raise rules.TooManyFailures(retry_after_seconds=wait)

    def ensure_allowed(self, account: AccountKey) -> None:
        """Raises `TooManyFailures` where this request may not try the account's password."""
        self.allowed_attempts([account])

    def count_failure(self) -> None:
        """One more wrong password."""
        set_tenant(self.session, NIL)
        now = clock.now()
        for row, window in ((self.here, rules.FROM_ONE_NETWORK), (self.everywhere, rules.FROM_EVERYWHERE)):
            row.failures, row.since = rules.failures_after(window, row.failures, row.since, now)
        self.session.flush()


def ensure_password(session: Session, member: Staff, password: str, refusal: Refusal) -> LoginThrottle:
    """Check the password of somebody who is signed in; returns the throttle, on which a wrong second factor counts too.

    Raises `refusal` for a wrong password, which counts like a failed sign-in: somebody with a stolen access token
    cannot find the password out either. Raises `TooManyFailures`. The caller locks `member` afterwards, never before: a
    sign-in takes the same locks in this order.
    """
    me = AccountKey(member.organization_id, member.id)
    throttle = LoginThrottle.of(session, member.email, [me])
    throttle.ensure_allowed(me)
    set_tenant(session, member.organization_id)
    if not password_fits(member.password_hash, password):
        throttle.count_failure()
        set_tenant(session, member.organization_id)
        raise refusal
    return throttle


def remember_network(session: Session, organization_id: UUID, staff_id: UUID) -> None:
    """Somebody signed in from this network: for a month, failed sign-ins elsewhere do not keep them out here."""
    network = client_network.current.get()
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


def _is_known(session: Session, account: AccountKey) -> bool:
    set_tenant(session, account.organization_id)
    found = session.scalar(
        select(KnownNetwork.last_used_at).where(
            KnownNetwork.organization_id == account.organization_id,
            KnownNetwork.staff_id == account.staff_id,
            KnownNetwork.network == (client_network.current.get() or NOWHERE),
        )
    )
    return found is not None and clock.now() - found < rules.KNOWN_FOR


def _row(session: Session, bucket: int) -> SignInFailures:
    key = {"organization_id": NIL, "bucket": bucket}
    session.execute(insert(SignInFailures).values(**key, failures=0, since=clock.now()).on_conflict_do_nothing())
    return session.get_one(SignInFailures, key, with_for_update=True)
