"""Random lives of clients who are merged and separated: the books agree, and ledgers are right, after each step.

The lives of `test_billing_lives.py`, in which any two of three clients may turn out to be one person, and not to be.
"""

from __future__ import annotations

from collections import defaultdict

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from services.billing.tests.test_billing_lives import LIVES, STEPS, Life

MEMBER = st.integers(0, 2)


class LifeOfFamilies(Life):
    """What happens to three clients, of whom two are in the places of those that `Life` knows."""

    @initialize()
    def found(self):
        super().found()
        self.everybody = [*self.clients, self.practice.client()]
        self.into = {}  # who was merged into whom
        self.limit = "3"

    @rule(first=MEMBER, second=MEMBER, limit=st.integers(1, 4))
    def look_at(self, first, second, limit):
        """From now on things happen to these two, and ledgers are read in pages of this length."""
        self.clients = [self.everybody[first], self.everybody[second]]
        self.limit = str(limit)

    @rule(ends=MEMBER, stays=MEMBER)
    def merge(self, ends, stays):
        ended, stays = self.everybody[ends], self.everybody[stays]
        if ended != stays and not {ended, stays} & self.into.keys() and ended not in self.into.values():
            self.decide(lambda: self.practice.merge(ended, stays))
            self.into[ended] = stays

    @precondition(lambda self: self.into)
    @rule(nth=MEMBER)
    def separate(self, nth):
        ended = sorted(self.into)[nth % len(self.into)]
        self.decide(lambda: self.practice.separate(ended, self.into[ended]))
        del self.into[ended]

    def decide(self, what):
        """No merge and no separation changes what anybody has, nor what all of them come to."""
        before = self.accounts()
        what()
        assert self.accounts() == before

    def accounts(self):
        rows = self.database.rows(
            "SELECT client_id, receivable_cents, credit_cents FROM client_accounts WHERE organization_id = %s",
            self.practice.organization_id,
        )
        # An account without anything is made when its family's accounts are locked.
        return {client: (owed, credit) for client, owed, credit in rows if owed or credit}

    @invariant()
    def people_are_shown_what_the_books_say(self):
        """Each account is its documents; a family's ledger is right at each row, across pages, from both ends."""
        invoices = self.practice.biller.get("/invoices", limit="200").json["items"]
        payments = self.practice.biller.get("/payments", limit="200").json["items"]
        documents = defaultdict(lambda: [0, 0])
        for invoice in invoices:
            documents[invoice["client_id"]][0] += invoice["client_due_cents"]
        for payment in payments:
            documents[payment["client_id"]][1] += payment["unapplied_cents"]
        accounts = self.accounts()
        for client in self.everybody:
            assert tuple(documents[str(client)]) == accounts.get(client, (0, 0))
        for stays in self.everybody:
            if stays not in self.into:
                members = [stays, *(ended for ended, into in self.into.items() if into == stays)]
                balance = sum(accounts.get(member, (0, 0))[0] - accounts.get(member, (0, 0))[1] for member in members)
                self.ledger_is_right(stays, balance)
        for ended in self.into:
            assert self.practice.biller.get(f"/clients/{ended}/ledger").status_code == 308

    def ledger_is_right(self, client, balance):
        ledger = self.practice.ledger(client)
        assert ledger["balance_cents"] == ledger["closing_balance_cents"] == balance
        entries = self.practice.entries(client, limit=self.limit)
        running = 0
        for entry in entries:
            running += entry["amount_cents"]
            assert entry["balance_after_cents"] == running
        assert running == balance
        assert self.practice.entries(client, limit=self.limit, order="newest") == entries[::-1]
        by_day = self.practice.entries(client, limit=self.limit, to=str(self.practice.today()))
        assert sorted(map(str, by_day)) == sorted(map(str, entries)), "all of them are of one day"


def test_the_books_of_families_agree_after_every_step(new_practice, billing_database):
    run_state_machine_as_test(
        lambda: LifeOfFamilies(new_practice, billing_database),
        settings=settings(
            max_examples=LIVES * 3 // 5,  # each step reads every ledger to its end, several times
            stateful_step_count=STEPS + 4,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
