"""The look for the first answer to an Idempotency-Key: it goes out with BEGIN, and finds the same as by itself."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from shared.database.session import Database, Session
from shared.ids import new_id
from shared.testing.databases import TestServer
from shared.web.idempotency import IdempotentRequest, InFlight, KeyReused, Stored

ABOUT = {"action": "add_client"}


@pytest.fixture(scope="module")
def database(server: TestServer) -> Iterator[Database]:
    """Clients' as its web process sees it."""
    made = Database(server.service_database("clients").url("app"))
    yield made
    made.dispose()


def keyed(organization_id: UUID, body: bytes = b"1") -> IdempotentRequest:
    return IdempotentRequest("key", organization_id, organization_id, "POST", "/clients", body)


def first(session: Session, request: IdempotentRequest, *, ahead: bool) -> Stored | None:
    """The first answer, where `reads` came with BEGIN or not."""
    return request.replay(session, [cursor.fetchall() for cursor in session.ahead] if ahead else None)


@pytest.mark.parametrize("ahead", [True, False])
def test_a_repeated_request_finds_the_first_answer_and_another_body_does_not(database: Database, ahead: bool) -> None:
    here = new_id()

    def ask(request: IdempotentRequest) -> Stored | None:
        reads = request.reads() if ahead else ()
        return database.run(lambda session: first(session, request, ahead=ahead), here, reads)

    assert ask(keyed(here)) is None
    database.run(lambda session: keyed(here).keep(session, 201, b"answer", ABOUT), here)
    assert ask(keyed(here)) == Stored(201, b"answer", ABOUT)
    with pytest.raises(KeyReused):
        ask(keyed(here, b"2"))
    assert ask(keyed(new_id())) is None, "of another organization, although this one is named"


@pytest.mark.parametrize("ahead", [True, False])
def test_while_the_first_is_being_worked_on_the_second_is_told_so(database: Database, ahead: bool) -> None:
    here = new_id()
    reads = keyed(here).reads() if ahead else ()
    with database.transaction(here, reads) as working:
        assert first(working, keyed(here), ahead=ahead) is None
        with pytest.raises(InFlight):
            database.run(lambda session: first(session, keyed(here), ahead=ahead), here, reads)
