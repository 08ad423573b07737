"""Which commits do not wait for the disk: those alone that a crash may forget, because it is told again."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

from shared import audit
from shared.keys.event_signature import Signer
from shared.messaging.consumer import Consumer
from shared.messaging.receipts import Receipts
from shared.messaging.relay import Relay
from shared.testing.databases import ServiceDatabase
from shared.testing.waiting import wait_until
from shared.tests.conftest import SETTLE_AGE_SECONDS, documented
from shared.tests.conftest import Path as EventPath

ROOT: Final = Path(__file__).parents[2]
SECONDS: Final = 20.0
# Deferred, so that it looks at COMMIT, when whatever the transaction has set for itself is in force.
WATCHED: Final = {"clinical": ("outbox", "audit_entries", "used_tokens"), "billing": ("inbox", "audit_entries")}
WATCH: Final = """
CREATE TABLE commits (place text, synchronous_commit text);
CREATE FUNCTION note_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO public.commits VALUES (TG_TABLE_NAME || ' ' || TG_OP, current_setting('synchronous_commit'));
    RETURN NULL;
END $$;
"""
WATCH_TABLE: Final = """
CREATE CONSTRAINT TRIGGER note_commit AFTER INSERT OR UPDATE ON {0} DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION note_commit()
"""
FOUND: Final = "SELECT DISTINCT place, synchronous_commit FROM commits"


@pytest.fixture
def watched(path: EventPath) -> EventPath:
    """The event path, where each commit that changes a watched table says whether it waits for the disk."""
    for clone in (path.clinical, path.billing):
        with psycopg.connect(clone.admin_url, autocommit=True) as connection:
            # A server for tests need not be durable: what our own connections do not set would be off everywhere.
            connection.execute(f'ALTER DATABASE "{clone.name}" SET synchronous_commit = on')
            connection.execute(WATCH)
            for table in WATCHED[clone.service]:
                connection.execute(WATCH_TABLE.format(table))
    return path


def start(part: Any, stop: threading.Event) -> None:
    """Have a part of the event path work until the test ends, as the worker does."""
    threading.Thread(target=part.run, args=(stop,), daemon=True).start()


def settings_of(clone: ServiceDatabase) -> dict[str, set[str]]:
    """What each kind of change was committed with."""
    found: dict[str, set[str]] = {}
    for place, setting in clone.rows(FOUND):
        found.setdefault(str(place), set()).add(str(setting))
    return found


def test_what_marks_outbox_rows_and_receipts_need_not_wait_for_the_disk_and_all_else_does(
    watched: EventPath, stop: threading.Event
) -> None:
    clinical, billing, event = watched.clinical, watched.billing, documented()
    watched.emit(event)
    watched.producer.run(
        lambda session: audit.record(session, None, "looked", organization_id=event.organization_id),
        event.organization_id,
    )
    assert settings_of(clinical) == {"outbox INSERT": {"on"}, "audit_entries INSERT": {"on"}}
    relay_signer, signer = (Signer(watched.keys.private_file(service)) for service in ("clinical", "billing"))
    start(Relay("clinical", clinical.url("worker"), watched.transport, relay_signer, SETTLE_AGE_SECONDS), stop)
    wait_until(lambda: bool(settings_of(clinical).get("outbox UPDATE")), SECONDS, "the mark that it was sent")
    assert settings_of(clinical)["outbox UPDATE"] == {"off"}
    watched.consume()
    assert settings_of(billing) == {"inbox INSERT": {"on"}, "audit_entries INSERT": {"on"}}
    with psycopg.connect(clinical.admin_url, autocommit=True) as connection:
        connection.execute("TRUNCATE commits")
    start(Receipts("billing", billing.url("worker"), watched.transport, signer), stop)
    settling = Consumer("clinical", watched.settling, watched.transport, watched.verifier, {})
    start(settling, stop)
    wait_until(lambda: watched.unsettled() == 0, SECONDS, "the settling")
    assert settings_of(billing)["inbox UPDATE"] == {"off"}
    assert settings_of(clinical) == {"outbox UPDATE": {"off"}}


def test_nothing_else_of_the_product_sets_it() -> None:
    setting = {
        path.relative_to(ROOT).as_posix()
        for folder in ("embedded", "gateway", "services", "shared")
        for path in (ROOT / folder).rglob("*.py")
        if "tests" not in path.parts and "SYNCHRONOUS_COMMIT" in path.read_text("utf-8").upper()
    }
    assert setting == {
        "shared/database/local_postgres.py",  # a server for tests
        "shared/messaging/consumer.py",
        "shared/messaging/embedded.py",  # the bus's own database, which may forget anything
        "shared/messaging/receipts.py",
        "shared/messaging/relay.py",
    }
