"""Mail goes out as soon as what causes it has committed, long before the next look."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import true

from services.identity.account_changes import commands as account_changes
from shared.ids import new_id
from shared.mail import sender
from shared.mail.outgoing import release, write
from shared.testing.databases import database_of
from shared.testing.waiting import wait_until


@pytest.fixture
def running(database, mailbox, monkeypatch):
    """Who sends mail and who answers requests, looking for themselves once an hour."""
    for module in (sender, account_changes):
        monkeypatch.setattr(module, "POLL_SECONDS", 3600.0)
    stop = threading.Event()
    parts = [threading.Thread(target=part.run, args=(stop,), daemon=True) for part in (mailbox.sender, mailbox.resets)]
    for part in parts:
        part.start()
    listening = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'"
    wait_until(lambda: database.rows(listening)[0][0] >= 2)
    yield mailbox
    stop.set()
    for channel in ("mail", "reset_requests"):
        database.rows("SELECT pg_notify(%s, '')", channel)
    for part in parts:
        part.join(10)
    assert not any(part.is_alive() for part in parts)


def arrived(mailbox, count: int) -> list[str]:
    wait_until(lambda: len(list(mailbox.folder.glob("*.eml"))) >= count, 10)
    return mailbox.deliver()


def test_a_request_for_a_reset_is_answered_at_once(practice, public, running):
    for _ in range(3):
        public.post("/passwords/reset-request", {"email": practice.owner.email})
        (mail,) = arrived(running, 1)
        assert f"To: {practice.owner.email}" in mail and "password-reset#token=" in mail


def test_what_was_held_goes_out_when_it_is_released(database, running):
    organization_id, web = new_id(), database_of(database)
    values, useful = {"organization": "Ames Practice"}, timedelta(days=1)

    def hold(session):
        write(session, organization_id, "a@b.test", "password_changed", values, useful, bucket=None, held=True)

    web.run(hold, organization_id)
    web.run(lambda session: release(session, organization_id, true()), organization_id)
    assert "To: a@b.test" in arrived(running, 1)[0]
    web.dispose()
