"""Random lives of a practice, as a state machine: whatever happens in whatever order, the books agree after each step.

Covers I1 to I5, I9, I12 and I17 of the ledger's design, as far as client money goes; insurers come with
claims. ROUNDS plays more and longer lives (`make soak`).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.billing.payments.rules import share_out
from shared.ids import new_id

ROUNDS = int(os.environ.get("ROUNDS", "1"))
LIVES, STEPS = (5, 12) if ROUNDS == 1 else (5 * ROUNDS, 50)

WHICH, CLIENT, MINUTES = st.integers(0, 9), st.integers(0, 1), st.sampled_from([45, 55, 58])


class Life(RuleBasedStateMachine):
    """What happens to two clients of a practice. A request may be refused, but it never fails."""

    def __init__(self, new_practice, database):
        super().__init__()
        self.new_practice, self.database = new_practice, database
        self.appointments, self.payments, self.lines, self.sent = [], [], {}, None

    @initialize()
    def found(self):
        self.practice = self.new_practice()
        self.clients = [self.practice.client(), self.practice.client()]
        self.services = [
            self.practice.service(),
            self.practice.service(code="90834", rate_cents=12_345, note_minutes_min=38, note_minutes_max=52),
        ]

    def post(self, path, body):
        """The answer to a request with a key of its own, which `replay` and `two_tabs` send again."""
        self.sent = (path, body, str(new_id()))
        response = self.send()
        self.answered = response.status_code, response.json
        assert response.status_code < 500, response.json
        return response

    def send(self):
        path, body, key = self.sent
        return self.practice.administrator.post(path, body, Idempotency_Key=key)

    def invoice(self, nth):
        found = self.practice.biller.get("/invoices", limit="200").json["items"]
        return found[nth % len(found)]

    @rule(client=CLIENT, minutes=MINUTES, service=st.integers(0, 1))
    def document(self, client, minutes, service):
        facts = (self.clients[client], self.services[service])
        self.appointments.append([self.practice.document(*facts, minutes=minutes), self.clients[client], 1])

    @precondition(lambda self: self.appointments)
    @rule(nth=WHICH, minutes=MINUTES, raise_by=st.integers(0, 2))
    def document_again(self, nth, minutes, raise_by):
        """The same note once more, or a later version of it, which may change the service."""
        known = self.appointments[nth % len(self.appointments)]
        known[2] += raise_by
        appointment, client, version = known
        service = self.services[minutes < 53]
        self.practice.document(client, service, appointment_id=appointment, version=version, minutes=minutes)

    @precondition(lambda self: self.appointments)
    @rule(nth=WHICH, override=st.booleans())
    def issue(self, nth, override):
        more = {"override": {"reason": "agreed"}} if override else {}
        self.post(f"/invoices/{self.invoice(nth)['id']}/issue", more)

    @rule(client=CLIENT, cents=st.integers(1, 30_000), spread=st.booleans())
    def pay(self, client, cents, spread):
        self._pay(client, cents, {} if spread else {"allocations": []})

    @precondition(lambda self: self.appointments)
    @rule(
        client=CLIENT,
        cents=st.integers(1, 30_000),
        shares=st.lists(st.tuples(WHICH, st.integers(1, 20_000)), max_size=3),
    )
    def allocate(self, client, cents, shares):
        """A payment for invoices that somebody names: perhaps another client's, a draft's, or more than is due."""
        named = {self.invoice(nth)["id"]: share for nth, share in shares}
        self._pay(
            client,
            cents,
            {"allocations": [{"invoice_id": invoice_id, "amount_cents": n} for invoice_id, n in named.items()]},
        )

    def _pay(self, client, cents, facts):
        body = {"client_id": str(self.clients[client]), "amount_cents": cents, "method": "check"}
        response = self.post("/payments", {**body, "received_on": str(self.practice.today()), **facts})
        if response.status_code == 201:
            self.payments.append(response.json["id"])

    @precondition(lambda self: self.appointments)
    @rule(nth=WHICH, cents=st.none() | st.integers(1, 20_000))
    def apply_credit(self, nth, cents):
        self.post(f"/invoices/{self.invoice(nth)['id']}/apply-credit", {"amount_cents": cents})

    @precondition(lambda self: self.payments)
    @rule(nth=WHICH, cents=st.integers(1, 9_000))
    def refund(self, nth, cents):
        path = f"/payments/{self.payments[nth % len(self.payments)]}/refunds"
        self.post(path, {"amount_cents": cents, "reason": "asked for"})

    @precondition(lambda self: self.payments)
    @rule(nth=WHICH, how=st.sampled_from(["bounce", "void"]))
    def undo(self, nth, how):
        self.post(f"/payments/{self.payments[nth % len(self.payments)]}/{how}", {"reason": "mistake"})

    @precondition(lambda self: self.appointments)
    @rule(nth=WHICH, cents=st.integers(1, 20_000))
    def write_off(self, nth, cents):
        body = {"amount_cents": cents, "kind": "courtesy", "reason": "agreed"}
        self.post(f"/invoices/{self.invoice(nth)['id']}/write-offs", body)

    @rule(nth=WHICH)
    def reverse_write_off(self, nth):
        found = self.practice.biller.get("/write-offs", limit="200").json["items"]
        if found:
            self.post(f"/write-offs/{found[nth % len(found)]['id']}/reverse", {"reason": "they pay"})

    @precondition(lambda self: self.appointments)
    @rule(nth=WHICH, redraft=st.booleans())
    def void(self, nth, redraft):
        self.post(f"/invoices/{self.invoice(nth)['id']}/void", {"reason": "mistake", "redraft": redraft})

    @precondition(lambda self: self.appointments)
    @rule(nth=WHICH)
    def draft_again(self, nth):
        appointment, client, _ = self.appointments[nth % len(self.appointments)]
        self.post(f"/appointments/{appointment}/draft-invoice", {"client_id": str(client)})

    @precondition(lambda self: self.appointments)
    @rule(nth=WHICH)
    def accept(self, nth):
        invoice = self.invoice(nth)
        for change in invoice["amendments"]:
            if change["state"] == "pending":
                path = f"/invoices/{invoice['id']}/amendments/{change['id']}/accept"
                self.post(path, {"override": {"reason": "agreed"}})

    @precondition(lambda self: self.sent)
    @rule()
    def replay(self):
        """The last request once more with its key: the first answer, and nothing happens."""
        again = self.send()
        assert (again.status_code, again.json) == self.answered or self.answered[0] >= 400

    @precondition(lambda self: self.sent)
    @rule()
    def two_tabs(self):
        """The last request from two tabs at once, each with a key of its own."""
        path, body, _ = self.sent
        with ThreadPoolExecutor(2) as pool:
            sent = [
                pool.submit(self.practice.administrator.post, path, body, Idempotency_Key=str(new_id())) for _ in "ab"
            ]
        responses = [future.result() for future in sent]
        assert all(response.status_code < 500 for response in responses), [response.json for response in responses]
        if path == "/payments":
            self.payments += [response.json["id"] for response in responses if response.status_code == 201]
        elif not path.endswith(("/refunds", "/apply-credit", "/write-offs")):
            assert sum(response.status_code < 300 for response in responses) <= 1, "it was done twice"

    @invariant()
    def the_books_agree(self):
        assert self.practice.contradictions() == []
        rows = self.database.rows(
            "SELECT id, invoice_lines::text FROM invoice_lines WHERE organization_id = %s",
            self.practice.organization_id,
        )
        now = dict(rows)
        assert self.lines.items() <= now.items(), "an issued line changed (I12)"
        self.lines = now

    @invariant()
    def people_are_shown_what_the_books_say(self):
        """By the API alone: nothing is owed below zero, and a ledger comes to what its invoices and credit say."""
        invoices = self.practice.biller.get("/invoices", limit="200").json["items"]
        payments = self.practice.biller.get("/payments", limit="200").json["items"]
        assert all(0 <= invoice["client_due_cents"] <= invoice["total_cents"] for invoice in invoices)
        for payment in payments:
            lies_on = sum(part["amount_cents"] for part in payment["allocations"])
            counted = payment["amount_cents"] if payment["status"] == "received" else 0
            assert lies_on + payment["refunded_cents"] + payment["unapplied_cents"] == counted
        for client in self.clients:
            ledger = self.practice.ledger(client, limit="200")
            owed = sum(invoice["client_due_cents"] for invoice in invoices if invoice["client_id"] == str(client))
            credit = sum(payment["unapplied_cents"] for payment in payments if payment["client_id"] == str(client))
            assert (ledger["credit_cents"], ledger["balance_cents"]) == (credit, owed - credit)
            assert sum(row["amount_cents"] for row in ledger["entries"]) == owed - credit


def test_the_books_agree_after_every_step(new_practice, billing_database):
    run_state_machine_as_test(
        lambda: Life(new_practice, billing_database),
        settings=settings(
            max_examples=LIVES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


@given(cents=st.integers(0, 10**6), dues=st.lists(st.integers(-100, 10**5)))
def test_money_is_shared_out_first_come_first_served(cents, dues):
    shares = dict(share_out(cents, enumerate(dues)))
    assert sum(shares.values()) == min(cents, sum(due for due in dues if due > 0))
    assert all(0 < share <= dues[n] for n, share in shares.items())
    for n in shares:
        assert all(shares[m] == dues[m] for m in range(n) if dues[m] > 0)
