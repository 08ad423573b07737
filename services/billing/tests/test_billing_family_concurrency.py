"""Clients are merged and separated while money is moved: everybody takes turns, and the books agree."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import psycopg

from shared.testing.waiting import wait_until


def at_once(*calls):
    """The answers of calls that run at the same time."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def test_payments_for_both_while_they_are_merged_and_separated(practice):
    stays, ends, service = practice.client(), practice.client(), practice.service()
    for change in (practice.merge, practice.separate) * 2:
        issued = [practice.issue(ends if change == practice.merge else stays, service) for _ in range(2)]
        answers = at_once(
            lambda change=change: change(ends, stays),
            lambda: practice.try_to_pay(ends, 9_000),
            lambda: practice.try_to_pay(stays, 20_000),
            lambda: practice.try_to_pay(ends, 30_000),
            lambda first=issued[0]: practice.biller.post(f"/invoices/{first['id']}/void", {"reason": "mistake"}),
            lambda second=issued[1]: practice.biller.post(f"/invoices/{second['id']}/apply-credit", {}),
        )[1:]
        # 409: the client was merged between the two looks at them, or there was nothing to apply. 503: somebody
        # waited for their turn longer than a request may, on a busy machine.
        assert {response.status_code for response in answers} <= {200, 201, 409, 503}, [each.json for each in answers]
        assert practice.contradictions() == []


class Locked:
    """A client's account, locked by somebody else, for whom calls begin to wait one after the other."""

    def __init__(self, database, client_id):
        self.database, self.threads = database, []
        self.holder = psycopg.connect(database.admin_url)
        self.holder.execute("SELECT 1 FROM client_accounts WHERE client_id = %s FOR UPDATE", [client_id])

    def begin(self, call):
        """Have a call wait for the account, or for who waits for it."""
        self.threads.append(Thread(target=call))
        self.threads[-1].start()
        wait_until(lambda: self.waiting() == len(self.threads), 5)

    def waiting(self):
        statement = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = %s"
        return self.database.rows(statement, "Lock")[0][0]

    def let_go(self):
        self.holder.close()
        for thread in self.threads:
            thread.join()


def test_who_belongs_together_is_read_again_under_the_locks(practice, billing_database):
    """Credit is to be applied, waits for the account, and meanwhile who has the credit is merged with who owes."""
    stays, ends = practice.client(), practice.client()
    practice.pay(stays, 100)
    issued, answers = practice.issue(ends, practice.service()), []
    account = Locked(billing_database, ends)
    account.begin(lambda: practice.merge(ends, stays))
    account.begin(lambda: answers.append(practice.biller.post(f"/invoices/{issued['id']}/apply-credit", {})))
    account.let_go()
    assert [(response.status_code, response.json["client_due_cents"]) for response in answers] == [(200, 15_900)]
    assert practice.ledger(stays)["balance_cents"] == 15_900


def test_a_merge_waits_for_a_payment_that_has_begun(practice, billing_database):
    stays, ends, service = practice.client(), practice.client(), practice.service()
    issued, answers = [practice.issue(client, service) for client in (ends, stays)], []
    account = Locked(billing_database, stays)
    account.begin(lambda: answers.append(practice.try_to_pay(stays, 20_000)))
    account.begin(lambda: practice.merge(ends, stays))
    account.let_go()
    (paid,) = answers
    assert [part["invoice_id"] for part in paid.json["allocations"]] == [issued[1]["id"]], "they were two clients then"
    assert practice.ledger(stays)["balance_cents"] == 12_000
    assert [entry["balance_after_cents"] for entry in practice.entries(stays)] == [16_000, 32_000, 12_000]


def test_a_payment_for_who_ends_at_that_moment_is_refused(practice, billing_database):
    stays, ends = practice.client(), practice.client()
    practice.pay(ends, 100)
    account, answers = Locked(billing_database, ends), []
    account.begin(lambda: practice.merge(ends, stays))
    account.begin(lambda: answers.append(practice.try_to_pay(ends, 20_000)))
    account.let_go()
    assert [(response.status_code, response.json["code"]) for response in answers] == [(409, "client_held")]
    assert practice.pay(ends, 20_000)["client_id"] == str(stays)
