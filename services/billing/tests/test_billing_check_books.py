"""The checks of the books are a command: every practice, or one; exit status 1 when something contradicts them."""

from __future__ import annotations

import pytest

from services.billing.app import SERVICE
from shared.ids import new_id

check_books = SERVICE.commands["check-books"]


def test_one_practice_whose_books_agree(practice, capsys):
    practice.pay(practice.client(), 100)
    assert check_books(practice.worker, ["--organization", str(practice.organization_id)]) == 0
    assert capsys.readouterr().out == f"{practice.organization_id}: the books agree\n1 practice, 0 contradicted\n"


def test_every_practice_is_looked_at_and_what_is_wrong_is_named(practice, new_practice, billing_database, capsys):
    other = new_practice()
    client, service = practice.client(), practice.service()
    invoice = practice.issue(client, service)["id"]
    change = "UPDATE invoices SET client_due_cents = client_due_cents + %s WHERE id = %s RETURNING 1"
    billing_database.rows(change, 1, invoice)
    assert check_books(practice.worker, []) == 1
    printed = capsys.readouterr().out.splitlines()
    assert (
        f"{practice.organization_id}: CONTRADICTED" in printed
        and f"{other.organization_id}: the books agree" in printed
    )
    (named,) = [line for line in printed if invoice in line]
    assert named.startswith("  statuses_follow_from_postings: ")
    assert printed[-1].endswith("1 contradicted")
    billing_database.rows(change, -1, invoice)


def test_what_it_is_asked_wrongly_it_refuses(practice):
    for organization in ("everybody", str(new_id())):
        with pytest.raises(SystemExit):
            check_books(practice.worker, ["--organization", organization])
