"""What a flush writes goes out with the next statement: in its order, and with an error where it fails."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.database.session import Database, Session, set_tenant
from shared.ids import new_id
from shared.testing.databases import ServiceDatabase, TestServer


class Base(DeclarativeBase):
    """Of the one table here."""


class Counter(Base):
    """A row of a table that every write of clients may change."""

    __tablename__ = "client_counters"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    last_number: Mapped[int]


NEXT = text("SELECT last_number FROM client_counters")


@pytest.fixture(scope="module")
def clone(server: TestServer) -> ServiceDatabase:
    """A database of clients."""
    return server.service_database("clients")


@pytest.fixture
def database(clone: ServiceDatabase) -> Iterator[Database]:
    """The web role's; one connection, so that each transaction gets what the last one left."""
    made = Database(clone.url("app"), pool_size=1)
    yield made
    made.dispose()


def count_to(database: Database, organization_id: UUID, n: int) -> None:
    """Have the organization's counter say so."""
    database.run(lambda session: session.add(Counter(organization_id=organization_id, last_number=n)), organization_id)


def counted(database: Database, organization_id: UUID) -> int | None:
    return database.run(lambda session: session.scalar(NEXT), organization_id)


def test_a_query_sees_what_was_written_before_it_and_not_what_after(database: Database) -> None:
    here = new_id()

    def work(session: Session) -> list[int | None]:
        counter = Counter(organization_id=here, last_number=1)
        session.add(counter)
        found = [session.scalar(NEXT)]
        for n in (2, 3):
            counter.last_number = n
            session.flush()
            found.append(session.scalar(NEXT))
        counter.last_number = 4
        return found

    for _ in range(8):  # psycopg prepares a statement at its sixth time
        here = new_id()
        assert database.run(work, here) == [1, 2, 3]
        assert counted(database, here) == 4


def test_an_update_that_finds_no_row_undoes_everything(database: Database, clone: ServiceDatabase) -> None:
    here, elsewhere = new_id(), new_id()
    count_to(database, here, 1)
    count_to(database, elsewhere, 1)

    def hidden(session: Session) -> None:
        counters = [session.scalars(select(Counter)).one()]
        set_tenant(session, elsewhere)
        counters += session.scalars(select(Counter)).all()
        for counter in counters:
            counter.last_number = 2

    with pytest.raises(DBAPIError):
        database.run(hidden, here)
    assert (counted(database, here), counted(database, elsewhere)) == (1, 1)


def test_the_error_of_a_row_is_one_of_the_next_statement_or_of_commit(database: Database) -> None:
    here = new_id()
    count_to(database, here, 1)

    def again(session: Session, then: str) -> None:
        session.add(Counter(organization_id=here, last_number=2))
        session.flush()
        if then == "query":
            with pytest.raises(IntegrityError):
                session.execute(text("SELECT 1"))
            raise LookupError

    with pytest.raises(LookupError):
        database.run(lambda session: again(session, "query"), here)
    with pytest.raises(IntegrityError):
        database.run(lambda session: again(session, "commit"), here)
    assert counted(database, here) == 1


def test_a_savepoint_finds_the_errors_of_what_came_before_it_and_of_its_own(database: Database) -> None:
    here = new_id()
    count_to(database, here, 1)

    def before(session: Session) -> None:
        session.add(Counter(organization_id=here, last_number=2))
        with pytest.raises(IntegrityError), session.begin_nested():
            raise AssertionError("the earlier row is found when the savepoint is made")
        raise LookupError

    def within(session: Session) -> None:
        with pytest.raises(IntegrityError), session.begin_nested():
            session.add(Counter(organization_id=here, last_number=2))
            session.flush()
        session.scalars(select(Counter)).one().last_number = 3

    with pytest.raises(LookupError):
        database.run(before, here)
    assert counted(database, here) == 1
    database.run(within, here)
    assert counted(database, here) == 3


def test_what_a_savepoint_wrote_goes_with_it(database: Database) -> None:
    here = new_id()
    count_to(database, here, 1)

    def work(session: Session) -> None:
        counter = session.scalars(select(Counter)).one()
        savepoint = session.begin_nested()
        counter.last_number = 2
        session.flush()
        savepoint.rollback()
        assert session.scalar(NEXT) == 1
        with session.begin_nested():
            counter.last_number += 4

    database.run(work, here)
    assert counted(database, here) == 5
