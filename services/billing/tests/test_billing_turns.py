"""Two transactions at one session: the second one waits, and finds what the first one did, another code too."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from services.billing.corrections.commands import accept_amendment
from services.billing.corrections.rules import Acceptance
from services.billing.drafts.commands import DraftChanges, LineChange, update_draft
from shared.messaging.handling import handle
from shared.testing.databases import database_of, load
from shared.testing.events import envelope_of
from shared.testing.waiting import wait_until

SHORTER = {"code": "90834", "rate_cents": 12_000, "note_minutes_min": 38, "note_minutes_max": 52}
WAITING = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
BILLED = "SELECT code FROM billed_services WHERE appointment_id = %s AND line_id IS NOT NULL"


@pytest.fixture
def app(billing_database):
    """The database as the web process sees it."""
    database = database_of(billing_database)
    yield database
    database.dispose()


@pytest.fixture
def while_it_waits(practice, billing_database):
    """What a call comes to that waits for a lock of another transaction until that commits."""

    def ask(database, first, call):
        with ThreadPoolExecutor(1) as pool:
            with database.transaction(practice.organization_id) as session:
                first(session)
                session.flush()
                pending = pool.submit(call)
                wait_until(lambda: billing_database.rows(WAITING) or pending.done(), 10, "the second one to wait")
            return pending.result()

    return ask


@pytest.mark.parametrize("who", ["biller", "note"])
@pytest.mark.parametrize("second", ["void", "patch"])
def test_a_draft_that_gets_another_code_meanwhile(practice, app, worker, billing_database, while_it_waits, who, second):
    client, long, short = practice.client(), practice.service(), practice.service(**SHORTER)
    event = practice.documented(client, long, minutes=45)
    practice.emit(event)
    (draft,) = practice.invoices(event.appointment_id)
    path, line = f"/invoices/{draft['id']}", draft["lines"][0]["id"]

    def choose(session):
        changes = DraftChanges(lines=(LineChange(UUID(line), short),))
        update_draft(session, practice.biller.actor, UUID(draft["id"]), changes)

    def amend(session):
        facts = {"appointment_id": event.appointment_id, "version": 2, "minutes": 45}
        amended = practice.documented(client, short, **facts)
        handle("billing", session, load("billing").handlers, [(amended, envelope_of(amended))])

    calls = {
        "void": lambda: practice.biller.post(f"{path}/void", {"reason": "Entered in error."}),
        "patch": lambda: practice.biller.patch(path, {"lines": [{"id": line, "service_type_id": str(long)}]}),
    }
    first = (app, choose) if who == "biller" else (worker, amend)
    response = while_it_waits(*first, calls[second])
    assert response.status_code == 200, response.json
    billed = "90837" if second == "patch" else "90834"
    assert billing_database.rows(BILLED, event.appointment_id) == [(billed,)]


def test_a_note_of_which_an_amendment_is_accepted_meanwhile_is_not_billed_twice(
    practice, app, billing_database, while_it_waits
):
    client, long, short = practice.client(), practice.service(), practice.service(**SHORTER)
    issued = practice.issue(client, long)
    known = {"appointment_id": UUID(issued["appointment_id"])}
    practice.document(client, short, version=2, minutes=45, **known)
    (amendment,) = practice.biller.get(f"/invoices/{issued['id']}").json["amendments"]

    def accept(session):
        ids = UUID(issued["id"]), UUID(amendment["id"])
        accept_amendment(session, practice.biller.actor, *ids, Acceptance(None, None))

    while_it_waits(app, accept, lambda: practice.document(client, long, version=3, minutes=55, **known))
    assert billing_database.rows(BILLED, known["appointment_id"]) == [("90834",)]
    (invoice,) = practice.invoices(known["appointment_id"])
    assert [change["state"] for change in invoice["amendments"]] == ["accepted", "pending"]
