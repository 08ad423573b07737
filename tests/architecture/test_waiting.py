"""Nobody waits for an event with locks in hand: `shared.database.read_your_writes` asks the session, which knows them.

It is raised even when there is nothing to wait for, so every test of a command checks the order.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from services.clinical.copies.models import LocationCopy, OrganizationCopy
from shared.database.read_your_writes import LocksHeld, arrived, awaited, wait_until_true
from shared.database.session import Database, Session, take_turns
from shared.ids import new_id
from shared.testing.databases import TestServer, database_of


@pytest.fixture(scope="module")
def database(server: TestServer) -> Database:
    return database_of(server.service_database("clinical"), "worker")


@pytest.fixture
def practice(database: Database) -> UUID:
    """An organization that clinical knows of."""
    organization_id = new_id()
    copy = OrganizationCopy(organization_id=organization_id, version=1, time_zone="America/New_York")
    database.run(lambda session: session.add(copy), organization_id)
    return organization_id


def known(session: Session) -> OrganizationCopy:
    return session.get_one(OrganizationCopy, session.organization_id)


def change(session: Session) -> None:
    known(session).version += 1
    session.flush()


LOCKS: dict[str, Callable[[Session], object]] = {
    "select": lambda session: session.scalars(select(OrganizationCopy).with_for_update()).all(),
    "select columns": lambda session: session.execute(select(OrganizationCopy.version).with_for_update()).all(),
    "share": lambda session: session.scalars(select(OrganizationCopy).with_for_update(read=True)).all(),
    "get": lambda session: session.get_one(OrganizationCopy, session.organization_id, with_for_update=True),
    "refresh": lambda session: session.refresh(known(session), with_for_update=True),
    "advisory": lambda session: take_turns(session, 4711),
    "update": lambda session: session.execute(update(OrganizationCopy).values(version=2)),
    "delete": lambda session: session.execute(delete(OrganizationCopy)),
    "changed object": change,
}
WAITS: dict[str, Callable[[Session], object]] = {
    "arrived": lambda session: arrived(session, lambda: True, new_id(), new_id()),
    "awaited": lambda session: awaited(session, lambda: True),
    "wait_until_true": lambda session: wait_until_true(session, lambda: True),
}


@pytest.mark.parametrize("wait", WAITS)
@pytest.mark.parametrize("lock", LOCKS)
def test_a_wait_behind_a_lock_is_refused(lock: str, wait: str, database: Database, practice: UUID) -> None:
    def work(session: Session) -> None:
        LOCKS[lock](session)
        with pytest.raises(LocksHeld):
            WAITS[wait](session)

    database.run(work, practice)


@pytest.mark.parametrize("wait", WAITS)
def test_a_wait_comes_before_the_locks(wait: str, database: Database, practice: UUID) -> None:
    """Looks, and rows that nobody else knows of, may come before it."""

    def work(session: Session) -> None:
        known(session)
        session.add(LocationCopy(organization_id=practice, version=1, name="Downtown", active=True))
        session.flush()
        WAITS[wait](session)
        LOCKS["select"](session)

    database.run(work, practice)


@pytest.mark.parametrize("lock", ["select", "share", "get", "refresh"])
def test_what_was_read_before_a_lock_is_read_again(lock: str, database: Database, practice: UUID) -> None:
    """Somebody may have changed it in between, and a command goes by what it finds behind the lock."""

    def move_away(session: Session) -> None:
        known(session).time_zone = "America/Denver"

    def work(session: Session) -> None:
        copy = known(session)
        database.run(move_away, practice)
        assert copy.time_zone == "America/New_York"
        LOCKS[lock](session)
        assert copy.time_zone == "America/Denver"

    database.run(work, practice)
