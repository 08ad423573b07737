"""Counting failed sign-ins, and remembering from where somebody signed in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert

from services.identity.config import sealer
from services.identity.known_devices.commands import device_of
from services.identity.login_throttling import rules
from services.identity.login_throttling.models import KnownAddress, KnownNetwork, SignInFailures
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
    """The failed sign-ins of one e-mail address. The rows are locked.

    From this request's own address, from its network, and from everywhere; which accounts signed in from this address
    and from this network lately; and from this very browser, for each account that has signed in with it.
    """

    session: Session
    here: SignInFailures
    nearby: SignInFailures
    everywhere: SignInFailures
    known_here: frozenset[AccountKey]
    known_nearby: frozenset[AccountKey]
    by_device: Mapping[AccountKey, SignInFailures]

    @classmethod
    def of(cls, session: Session, email: str, accounts: Iterable[AccountKey]) -> LoginThrottle:
        """Lock the counts of an address, whether or not anybody has it. Attempts sent at once are judged one by one.

        A right password resets nothing: a stranger could sign up under somebody else's address to reset its counts.
        """
        attempted = list(accounts) or [NOBODY]  # an e-mail address that nobody has takes as long
        known_here = frozenset(account for account in attempted if _at_address(session, account))
        known_nearby = frozenset(account for account in attempted if _in_network(session, account))
        devices = {account: device for account in attempted if (device := _device(session, account)) is not None}
        set_tenant(session, NIL)
        fingerprint = sealer(session).fingerprint
        # An address is no network's name, not even where one stands for the other.
        places = (f"address {_address()}", _network(), EVERYWHERE)
        here, nearby, everywhere = (rules.failure_bucket(fingerprint, email_key(email), place) for place in places)
        counted = {
            account: rules.failure_bucket(fingerprint, email_key(email), f"device {device.hex()}")
            for account, device in devices.items()
        }
        # Always in this order: no two wait for each other.
        rows = {bucket: _row(session, bucket) for bucket in sorted({here, nearby, everywhere, *counted.values()})}
        by_device = {account: rows[bucket] for account, bucket in counted.items()}
        return cls(session, rows[here], rows[nearby], rows[everywhere], known_here, known_nearby, by_device)

    def allowed_attempts(self, accounts: Collection[AccountKey]) -> list[AccountKey]:
        """The accounts whose password this request may try. Raises `TooManyFailures` where there is none.

        Each account is judged by itself, so that a stranger's account under the same e-mail address opens nothing.
        """
        now = clock.now()
        waits = {account: self._seconds_to_wait(account, now) for account in list(accounts) or [NOBODY]}
        if all(waits.values()):
            raise rules.TooManyFailures(retry_after_seconds=min(waits.values()))
        return [account for account in accounts if not waits[account]]

    def _seconds_to_wait(self, account: AccountKey, now: datetime) -> int:
        def wait(window: rules.Window, row: SignInFailures) -> int:
            return rules.seconds_to_wait(window, row.failures, row.since, now)

        if account in self.known_here:
            usual = wait(rules.FROM_ONE_ADDRESS, self.here)
        else:
            usual = wait(rules.FROM_ONE_NETWORK, self.nearby)
            if not usual and account not in self.known_nearby:
                usual = wait(rules.FROM_EVERYWHERE, self.everywhere)
        if (device := self.by_device.get(account)) is not None:
            return min(usual, wait(rules.FROM_ONE_DEVICE, device))
        return max(usual, rules.NOT_FROM_HERE_SECONDS) if client_network.known_devices_only.get() else usual

    def ensure_allowed(self, account: AccountKey) -> None:
        """Raises `TooManyFailures` where this request may not try the account's password."""
        self.allowed_attempts([account])

    def count_failure(self) -> None:
        """One more wrong password."""
        set_tenant(self.session, NIL)
        now = clock.now()
        for row, window in (
            (self.here, rules.FROM_ONE_ADDRESS),
            (self.nearby, rules.FROM_ONE_NETWORK),
            (self.everywhere, rules.FROM_EVERYWHERE),
            *((row, rules.FROM_ONE_DEVICE) for row in self.by_device.values()),
        ):
            row.failures, row.since = rules.failures_after(window, row.failures, row.since, now)
        self.session.flush()


def ensure_tried_here(session: Session, account: AccountKey) -> None:
    """Raises `TooManyFailures` where only accounts that know the browser may be tried, and this one does not.

    The transaction's tenant is the account's organization.
    """
    if client_network.known_devices_only.get() and device_of(session, *account) is None:
        raise rules.TooManyFailures(retry_after_seconds=rules.NOT_FROM_HERE_SECONDS)


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


def remember_place(session: Session, organization_id: UUID, staff_id: UUID) -> None:
    """Somebody signed in from here: for a month, failed sign-ins elsewhere do not keep them out here."""
    member = {"organization_id": organization_id, "staff_id": staff_id}
    if client_network.current.get() is not None:
        _remember(session, KnownNetwork, {**member, "network": _network()})
    if client_network.address.get() is not None:
        _remember(session, KnownAddress, {**member, "address": _fingerprint_of_address(session)})


def _remember(session: Session, table: type[KnownNetwork | KnownAddress], place: dict[str, Any]) -> None:
    now = {"last_used_at": clock.now()}
    statement = insert(table).values(**place, **now)
    session.execute(statement.on_conflict_do_update(index_elements=list(place), set_=now))


def _network() -> str:
    return client_network.current.get() or NOWHERE


def _address() -> str:
    return client_network.address.get() or NOWHERE


def _fingerprint_of_address(session: Session) -> bytes:
    return sealer(session).fingerprint(f"address {_address()}".encode())


def _device(session: Session, account: AccountKey) -> bytes | None:
    set_tenant(session, account.organization_id)
    return device_of(session, *account)


def _in_network(session: Session, account: AccountKey) -> bool:
    return _was_lately(session, account, KnownNetwork, KnownNetwork.network == _network())


def _at_address(session: Session, account: AccountKey) -> bool:
    return _was_lately(session, account, KnownAddress, KnownAddress.address == _fingerprint_of_address(session))


def _was_lately(
    session: Session, account: AccountKey, table: type[KnownNetwork | KnownAddress], here: ColumnElement[bool]
) -> bool:
    set_tenant(session, account.organization_id)
    found = session.scalar(
        select(table.last_used_at).where(
            table.organization_id == account.organization_id, table.staff_id == account.staff_id, here
        )
    )
    return found is not None and clock.now() - found < rules.KNOWN_FOR


def _row(session: Session, bucket: int) -> SignInFailures:
    """The row of a bucket, locked in the statement that makes it, so that no purge comes between."""
    key = {"organization_id": NIL, "bucket": bucket}
    made = insert(SignInFailures).values(**key, failures=0, since=clock.now())
    session.execute(made.on_conflict_do_update(index_elements=list(key), set_={"failures": SignInFailures.failures}))
    return session.get_one(SignInFailures, key, populate_existing=True)
