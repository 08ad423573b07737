"""Events that are applied together do what each alone would have done, in its order.

ROUNDS tries more of them (`make soak`).
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.contracts.clinical import AppointmentDocumented
from shared.ids import new_id
from shared.messaging.handling import handle
from shared.testing.databases import load
from shared.testing.events import apply, envelope_of

ROUNDS = int(os.environ.get("ROUNDS", "1"))
PRACTICES, APPOINTMENTS, CLIENTS = 2, 3, 2
MINUTES = (55, 40, 5)  # fits the long session, fits the short one, fits none


@dataclass(frozen=True)
class Note:
    """A version of what a note documents of one client's share in one appointment of one practice."""

    practice: int
    appointment: int
    client: int
    version: int
    long: bool
    minutes: int
    diagnoses: tuple[str, ...]


NOTES = st.builds(
    Note,
    practice=st.integers(0, PRACTICES - 1),
    appointment=st.integers(0, APPOINTMENTS - 1),
    client=st.integers(0, CLIENTS - 1),
    version=st.integers(1, 3),
    long=st.booleans(),
    minutes=st.sampled_from(MINUTES),
    diagnoses=st.sampled_from([(), ("F41.1",), ("F32.1", "F41.1")]),
)
# What arrives together; and then: are the drafts issued (True), or voided and not drafted again (False)?
STEPS = st.lists(st.tuples(st.lists(NOTES, max_size=8), st.sampled_from([None, True, False])), min_size=1, max_size=3)


class World:
    """Two practices, each with a long and a short session, and what happened there."""

    def __init__(self, new_practice):
        self.practices = [new_practice() for _ in range(PRACTICES)]
        self.long = [practice.service(note_minutes_max=None) for practice in self.practices]
        self.short = [
            practice.service(code="90834", note_minutes_min=38, note_minutes_max=52) for practice in self.practices
        ]
        self.clients = [[practice.client() for _ in range(CLIENTS)] for practice in self.practices]
        self.appointments = [[new_id() for _ in range(APPOINTMENTS)] for _ in self.practices]

    def event(self, note: Note) -> AppointmentDocumented:
        here = note.practice
        return self.practices[here].documented(
            self.clients[here][note.client],
            (self.long if note.long else self.short)[here],
            appointment_id=self.appointments[here][note.appointment],
            version=note.version,
            minutes=note.minutes,
            diagnosis_codes=note.diagnoses,
        )

    def settle(self, issue: bool | None) -> None:
        for practice in self.practices:
            for draft in practice.biller.get("/invoices", status="draft").json["items"] if issue is not None else ():
                path = f"/invoices/{draft['id']}"
                if issue:
                    practice.administrator.post(f"{path}/issue", {"override_reason": "seen"})
                else:
                    practice.biller.post(f"{path}/void", {"reason": "not billed", "redraft": False})

    def shows(self) -> list[Any]:
        """What the books say of each appointment and client, without ids and instants; and how much was audited."""
        shown = []
        for here, practice in enumerate(self.practices):
            places = {str(value): n for n, value in enumerate(self.appointments[here])}
            clients = {str(value): n for n, value in enumerate(self.clients[here])}
            invoices = practice.biller.get("/invoices", limit=200).json["items"]
            shown.append(
                sorted(
                    (
                        places[invoice["appointment_id"]],
                        clients[invoice["client_id"]],
                        invoice["status"],
                        invoice["total_cents"],
                        invoice["version"],
                        [_line(line) for line in invoice["lines"]],
                        [(_line(each), each["state"]) for each in invoice["amendments"]],
                        [hold["code"] for hold in invoice["holds"]],
                    )
                    for invoice in invoices
                )
            )
            shown.append(practice.contradictions())
        return shown


def _line(line: dict[str, Any]) -> tuple[Any, ...]:
    names = ("code", "units", "minutes", "charge_cents", "client_cents")
    return (*(line.get(name) for name in names), tuple(line.get("diagnosis_codes") or ()))


@pytest.mark.timeout(120 * (ROUNDS + 1))
@settings(max_examples=10 * ROUNDS, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_what_comes_together_is_billed_as_if_it_came_alone(steps, new_practice, worker):
    together, alone = World(new_practice), World(new_practice)
    for notes, issue in steps:
        apply("billing", worker, *(together.event(note) for note in notes))
        for note in notes:
            apply("billing", worker, alone.event(note))
        together.settle(issue)
        alone.settle(issue)
    assert together.shows() == alone.shows()


def test_each_of_many_drafts_is_in_the_audit_trail_under_what_caused_it(practice, worker, billing_database):
    client, service = practice.client(), practice.service()
    events = [practice.documented(client, service) for _ in range(5)]
    delivered = [(event, replace(envelope_of(event), correlation_id=f"signing-{n}")) for n, event in enumerate(events)]
    worker.run(lambda session: handle("billing", session, load("billing").handlers, delivered))
    rows = billing_database.rows(
        "SELECT e.correlation_id, i.appointment_id FROM audit_entries e JOIN invoices i ON i.id = e.object_id"
        " WHERE e.organization_id = %s AND e.action = 'draft_invoice' AND e.client_id = %s AND e.client_ids = %s",
        practice.organization_id,
        client,
        [client],
    )
    assert Counter(rows) == Counter((f"signing-{n}", event.appointment_id) for n, event in enumerate(events))
