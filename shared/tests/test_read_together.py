"""Rows that are read together: found again without a query, and asked for again where they were not there."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from shared.database.session import Database, Session
from shared.database.together import read_together
from shared.ids import new_id
from shared.testing.databases import TestServer


class Base(DeclarativeBase):
    """Of the tables here."""


class Counter(Base):
    """One of an organization."""

    __tablename__ = "client_counters"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    last_number: Mapped[int]


class Key(Base):
    """One of many of an organization."""

    __tablename__ = "used_tokens"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_id: Mapped[UUID] = mapped_column(primary_key=True)


@pytest.fixture
def database(server: TestServer) -> Iterator[Database]:
    """Clients' web role's."""
    made = Database(server.service_database("clients").url("app"))
    yield made
    made.dispose()


def test_what_was_read_together_is_found_without_a_query(database: Database) -> None:
    here, missing = new_id(), new_id()
    database.run(lambda session: session.add(Counter(organization_id=here, last_number=7)), here)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    def work(session: Session) -> list[object]:
        read_together(session, {Counter: here, Key: (here, missing)})
        counter = session.get(Counter, here)
        at_first = len(statements)
        token = session.get(Key, (here, missing))
        return [counter and counter.last_number, at_first, token, len(statements)]

    assert database.run(work, here) == [7, 1, None, 2], "a row that is not there is looked for once more"


def test_another_organizations_row_is_not_read(database: Database) -> None:
    here, elsewhere = new_id(), new_id()
    database.run(lambda session: session.add(Counter(organization_id=elsewhere, last_number=7)), elsewhere)

    def work(session: Session) -> Counter | None:
        read_together(session, {Counter: elsewhere})
        return session.get(Counter, elsewhere)

    assert database.run(work, here) is None
