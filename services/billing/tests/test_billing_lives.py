"""Random lives of a practice: whatever happens in whatever order, the books agree after each step.

Covers I1 to I5, I9, I12 and I17 of the ledger's design, as far as client money goes; insurers come with
claims.
"""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.billing.payments.rules import share_out

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("document"), st.integers(0, 1), st.sampled_from([45, 55, 58]), st.integers(0, 1)),
        st.tuples(st.just("redeliver"), st.integers(0, 9), st.sampled_from([45, 55]), st.integers(0, 2)),
        st.tuples(st.just("issue"), st.integers(0, 9)),
        st.tuples(st.just("pay"), st.integers(0, 1), st.integers(1, 30_000), st.booleans()),
        st.tuples(st.just("apply"), st.integers(0, 9), st.none() | st.integers(1, 20_000)),
        st.tuples(st.just("refund"), st.integers(0, 9), st.integers(1, 9_000)),
        st.tuples(st.just("undo"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("void"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("accept"), st.integers(0, 9)),
    ),
    min_size=4,
    max_size=18,
)

# What the previous release takes for billed, and what is.
IN_STEP = """
SELECT * FROM (SELECT id, appointment_id, client_id, code, documented_version FROM invoice_draft_lines
    WHERE organization_id = %s AND live) l
FULL JOIN (SELECT * FROM billed_services WHERE organization_id = %s AND line_id IS NOT NULL) b
ON (l.id, l.appointment_id, l.client_id, l.code, l.documented_version)
    = (b.line_id, b.appointment_id, b.client_id, b.code, b.documented_version)
WHERE l.id IS NULL OR b.line_id IS NULL
"""


class Life:
    """What happens to two clients of a practice; requests may be refused, but never fail."""

    def __init__(self, practice):
        self.practice = practice
        self.clients = [practice.client(), practice.client()]
        self.services = [
            practice.service(),
            practice.service(code="90834", rate_cents=12_345, note_minutes_min=38, note_minutes_max=52),
        ]
        self.appointments = []
        self.payments = []
        self.lines = {}

    def act(self, step):
        response = getattr(self, step[0])(*step[1:])
        assert response is None or response.status_code < 500, response.json

    def document(self, client, minutes, service):
        facts = (self.clients[client], self.services[service])
        self.appointments.append([self.practice.document(*facts, minutes=minutes), *facts, 1])

    def redeliver(self, nth, minutes, raise_by):
        if self.appointments:
            known = self.appointments[nth % len(self.appointments)]
            known[3] += raise_by
            appointment, client, _, version = known
            service = self.services[minutes < 53]
            self.practice.document(client, service, appointment_id=appointment, version=version, minutes=minutes)

    def invoice(self, nth):
        found = self.practice.biller.get("/invoices", limit="200").json["items"]
        return found[nth % len(found)] if found else None

    def issue(self, nth):
        if (invoice := self.invoice(nth)) is not None:
            override = {"override": {"reason": "agreed"}} if nth % 2 else {}
            return self.practice.administrator.post(f"/invoices/{invoice['id']}/issue", override)

    def pay(self, client, cents, spread):
        facts = {} if spread else {"allocations": []}
        response = self.practice.try_to_pay(self.clients[client], cents, **facts)
        self.payments.append(response.json["id"])
        return response

    def apply(self, nth, cents):
        if (invoice := self.invoice(nth)) is not None:
            return self.practice.biller.post(f"/invoices/{invoice['id']}/apply-credit", {"amount_cents": cents})

    def refund(self, nth, cents):
        if self.payments:
            path = f"/payments/{self.payments[nth % len(self.payments)]}/refunds"
            return self.practice.administrator.post(path, {"amount_cents": cents, "reason": "asked for"})

    def undo(self, nth, bounced):
        if self.payments:
            path = f"/payments/{self.payments[nth % len(self.payments)]}/{'bounce' if bounced else 'void'}"
            return self.practice.biller.post(path, {"reason": "mistake"})

    def void(self, nth, redraft):
        if (invoice := self.invoice(nth)) is not None:
            body = {"reason": "mistake", "redraft": redraft}
            return self.practice.biller.post(f"/invoices/{invoice['id']}/void", body)

    def accept(self, nth):
        if (invoice := self.invoice(nth)) is not None:
            for change in invoice["amendments"]:
                if change["state"] == "pending":
                    path = f"/invoices/{invoice['id']}/amendments/{change['id']}/accept"
                    return self.practice.administrator.post(path, {"override": {"reason": "agreed"}})

    def check(self, database):
        assert self.practice.contradictions() == []
        rows = database.rows(
            "SELECT id, invoice_lines::text FROM invoice_lines WHERE organization_id = %s",
            self.practice.organization_id,
        )
        now = dict(rows)
        assert self.lines.items() <= now.items(), "an issued line changed (I12)"
        self.lines = now
        live = database.rows(
            "SELECT appointment_id, client_id, code, count(*) FROM invoice_draft_lines "
            "WHERE organization_id = %s AND live GROUP BY 1, 2, 3 HAVING count(*) > 1",
            self.practice.organization_id,
        )
        assert live == []
        apart = database.rows(IN_STEP, self.practice.organization_id, self.practice.organization_id)
        assert apart == [], "the previous release would see another line billed"


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_the_books_agree_after_every_step(new_practice, billing_database, steps):
    life = Life(new_practice())
    for step in steps:
        life.act(step)
        life.check(billing_database)


@given(cents=st.integers(0, 10**6), dues=st.lists(st.integers(-100, 10**5)))
def test_money_is_shared_out_first_come_first_served(cents, dues):
    shares = dict(share_out(cents, enumerate(dues)))
    assert sum(shares.values()) == min(cents, sum(due for due in dues if due > 0))
    assert all(0 < share <= dues[n] for n, share in shares.items())
    for n in shares:
        assert all(shares[m] == dues[m] for m in range(n) if dues[m] > 0)
