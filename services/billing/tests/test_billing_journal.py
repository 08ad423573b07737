"""What the database itself refuses, whatever the code above it does: each wall is run into."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.billing.app import ROUTES, SERVICE
from services.billing.ledger.rules import Leg, Unbalanced, ensure_balanced, movement, reversed_legs
from shared.database import migration
from shared.database.session import set_tenant
from shared.ids import new_id

ENTRY = text(
    "INSERT INTO journal_entries (organization_id, id, key, kind, client_id, effective_on, posted_at) "
    "VALUES (:organization, :entry, :key, 'charge', :entry, '2026-01-01', now())"
)
LEG = text(
    "INSERT INTO postings (organization_id, entry_id, leg, account, amount_cents, client_id) "
    "VALUES (:organization, :entry, :leg, 'AR:Client', :cents, :entry)"
)


def write(worker, organization, entry, *cents, new=True, then=lambda session: None):
    """Write an entry, or only further legs of one, as code that forgot the rules would."""

    def work(session):
        named = {"organization": organization, "entry": entry}
        if new:
            session.execute(ENTRY, {**named, "key": str(entry)})
        for leg, amount in enumerate(cents, start=1 if new else 11):
            session.execute(LEG, {**named, "leg": leg, "cents": amount})
        then(session)

    worker.run(work, organization)


@pytest.mark.parametrize("cents", [(), (100,), (100, -99), (100, -50, -51)])
def test_an_entry_that_does_not_balance_is_not_committed(practice, worker, cents):
    with pytest.raises(DBAPIError, match="does not balance"):
        write(worker, practice.organization_id, new_id(), *cents)


def test_a_balanced_pair_may_not_be_added_later(practice, worker):
    entry = new_id()
    # A receivable against itself: balanced, and without effect on the books.
    write(worker, practice.organization_id, entry, 100, -100)
    with pytest.raises(DBAPIError, match="does not balance"):
        write(worker, practice.organization_id, entry, 5, -5, new=False)


def test_the_balance_is_checked_also_when_the_transaction_has_moved_to_another_tenant(practice, worker):
    organization = practice.organization_id
    with pytest.raises(DBAPIError, match="does not balance"):
        write(worker, organization, new_id(), 7, -8, then=lambda session: set_tenant(session, new_id()))
    write(worker, organization, new_id(), 7, -7, then=lambda session: set_tenant(session, new_id()))


@pytest.mark.parametrize(
    "table", ["journal_entries", "postings", "ledger_rows", "invoice_lines", "allocations", "refunds"]
)
def test_nobody_rewrites_the_books(practice, billing_database, table):
    client, service = practice.client(), practice.service()
    practice.issue(client, service)
    paid = practice.pay(client, 17_000)
    practice.administrator.post(f"/payments/{paid['id']}/refunds", {"amount_cents": 1, "reason": "test"})
    for role in ("app", "worker"):
        for statement in (f"UPDATE {table} SET organization_id = organization_id", f"DELETE FROM {table}"):
            with (
                psycopg.connect(billing_database.url(role)) as connection,
                pytest.raises(psycopg.errors.InsufficientPrivilege),
            ):
                connection.execute(statement)
    for statement in (f"UPDATE {table} SET organization_id = organization_id", f"TRUNCATE {table} CASCADE"):
        with (
            psycopg.connect(billing_database.admin_url) as connection,
            pytest.raises(psycopg.errors.RestrictViolation, match="append-only"),
        ):
            connection.execute(statement)


def test_a_payments_amount_may_not_change(practice, billing_database):
    with (
        psycopg.connect(billing_database.url("app")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("UPDATE payments SET amount_cents = 1")


def test_without_a_tenant_there_is_nothing(practice, billing_database, worker):
    practice.issue(practice.client(), practice.service())
    tables = {name for (name,) in billing_database.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    open_to_worker = {
        "outbox",
        "inbox",
        "dead_letters",
        "audit_pending",
        "idempotency_keys",
        "used_tokens",
        "alembic_version",
        "organization_copies",  # which practices there are, for `check-books`
    }
    for table in tables - open_to_worker:
        assert worker.run(lambda session, t=table: session.scalar(text(f"SELECT count(*) FROM {t}"))) == 0, table


def test_models_and_migrations_agree(billing_database):
    migration.drift(SERVICE.migrations, SERVICE.metadata, billing_database.url("owner"))


def test_routes_name_themselves_once():
    names = [route.name for route in ROUTES]
    assert len(names) == len(set(names))


def test_legs_are_balanced_before_they_reach_the_database():
    for legs in ([], [Leg("a", 1)], [Leg("a", 1), Leg("b", -2)], [Leg("a", 0), Leg("b", 0)]):
        with pytest.raises(Unbalanced):
            ensure_balanced(legs)
    legs = [Leg("AR:Client", 25), Leg("AR:Payer1", 125), Leg("Rev:Service", -150)]
    ensure_balanced(legs)
    assert (movement(legs).balance_cents, movement(legs).insurance_due_cents) == (25, 125)
    assert movement([*legs, *reversed_legs(legs)]).balance_cents == 0
