"""A practice of its own for every test, on one database: the tenants' walls keep the tests apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from services.identity.passwords import rules as passwords
from services.identity.tests.mailbox import Mailbox, forget_mail
from services.identity.tests.people import Practice, confirmed
from shared import clock
from shared.database.session import Database
from shared.testing.databases import ServiceDatabase, TestServer, load
from shared.testing.web import Keys, ServiceClient, service_client

HASHER = passwords.PASSWORDS


@pytest.fixture(scope="package", autouse=True)
def passwords_are_hashed_in_no_time() -> Iterator[None]:
    """Argon2id at its least: 0.04 ms instead of 32. What is measured of hashing, `real_hashing` measures."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PASSWORDS", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        passwords._nobodys_hash.cache_clear()
        yield
    passwords._nobodys_hash.cache_clear()


@pytest.fixture(scope="module")
def real_hashing() -> Iterator[None]:
    """The product's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PASSWORDS", HASHER)
        passwords._nobodys_hash.cache_clear()
        yield
    passwords._nobodys_hash.cache_clear()


@pytest.fixture(scope="session")
def database(server: TestServer) -> ServiceDatabase:
    """Identity's newest schema on a real server."""
    return server.service_database("identity")


@pytest.fixture(scope="session")
def public(database: ServiceDatabase, keys: Keys) -> ServiceClient:
    """Identity's web application, asked by somebody who has not signed in."""
    return service_client(database, keys)


@pytest.fixture
def practice(public: ServiceClient, database: ServiceDatabase) -> Practice:
    """A fresh practice, whose founder is confirmed."""
    return confirmed(database, Practice(public))


@pytest.fixture
def new_practice(public: ServiceClient, database: ServiceDatabase) -> Callable[..., Practice]:
    """Founds practices, for tests that need several."""
    return lambda email=None: confirmed(database, Practice(public, email))


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Moves the clock of everything under test forward."""
    now, moved = clock.now, timedelta()

    def move(**by: int) -> None:
        nonlocal moved
        moved += timedelta(**by)

    monkeypatch.setattr(clock, "now", lambda: now() + moved)
    return move


@pytest.fixture
def mailbox(database: ServiceDatabase, tmp_path: Path) -> Mailbox:
    """An empty mailbox, and the worker's parts that fill it."""
    forget_mail(database)
    return Mailbox(database, tmp_path)


@pytest.fixture
def worker(database: ServiceDatabase) -> Iterator[Database]:
    """Identity's database as its worker sees it."""
    opened = load("identity").database(database.url("worker"))
    yield opened
    opened.dispose()
