"""Wrong passwords: how many an address may get, and from where its owner is let in all the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.identity.config import sealer
from services.identity.guesses import rules
from services.identity.guesses.models import KnownNetwork, SignInFailures
from services.identity.passwords.rules import password_fits
from services.identity.staff.models import Staff
from services.identity.staff.rules import email_key
from shared import client_network, clock
from shared.database.session import Session, set_tenant
from shared.errors import Refusal
from shared.ids import NIL

NOWHERE = "unknown"
EVERYWHERE = "*"


class Whose(NamedTuple):
    """One account."""

    organization_id: UUID
    staff_id: UUID


NOBODY = Whose(NIL, NIL)


@dataclass(frozen=True, slots=True)
class Guesses:
    """The wrong passwords of one address: from where this request comes, and from everywhere. Both rows are locked."""

    session: Session
    here: SignInFailures
    everywhere: SignInFailures
    known_here: frozenset[Whose]

    @classmethod
    def of(cls, session: Session, email: str, accounts: Iterable[Whose]) -> Guesses:
        """Counted whether or not anybody has the address. Guesses sent at once are judged one after the other.

        A right password resets nothing, or whoever founds an organization under somebody else's address could.
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

    def may_be_guessed(self, accounts: Collection[Whose]) -> list[Whose]:
        """Of these accounts, those whose password this request may try. Raises `TooManyFailures` where there is none.

        Once the address is guessed too often from everywhere, only where its owner has signed in lately: each account
        by itself, so that a stranger's account under the same address opens nothing.
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

    def count(self) -> None:
        """One more wrong password."""
        set_tenant(self.session, NIL)
        now = clock.now()
        for row, window in ((self.here, rules.FROM_ONE_NETWORK), (self.everywhere, rules.FROM_EVERYWHERE)):
            row.failures, row.since = rules.failures_after(window, row.failures, row.since, now)
        self.session.flush()


def ensure_password(session: Session, member: Staff, password: str, refusal: Refusal) -> Guesses:
    """That somebody signed in knows their password: raises `refusal`, which counts like a failed sign-in.

    Whoever holds a stolen access token must not find the password out either. Raises `TooManyFailures`. The caller
    locks `member` afterwards, never before: a sign-in takes the same locks in this order.
    """
    me = Whose(member.organization_id, member.id)
    guesses = Guesses.of(session, member.email, [me])
    guesses.may_be_guessed([me])
    set_tenant(session, member.organization_id)
    if not password_fits(member.password_hash, password):
        guesses.count()
        set_tenant(session, member.organization_id)
        raise refusal
    return guesses


def remember_network(session: Session, organization_id: UUID, staff_id: UUID) -> None:
    """Somebody signed in from here: for a month, what strangers guess elsewhere does not keep them out."""
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


def _is_known(session: Session, account: Whose) -> bool:
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
