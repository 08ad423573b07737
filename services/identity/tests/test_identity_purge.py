"""Of identity's own rows: what goes, what stays, and how little the worker sees of it."""

from __future__ import annotations

import psycopg
import pytest

from services.identity.app import EXPIRED
from shared.database.purge import Purge
from shared.testing.databases import database_of


@pytest.fixture
def purge(database):
    worker = database_of(database, "worker")
    yield Purge("identity", worker, EXPIRED).all
    worker.dispose()


def age(database, practice, table: str, **days: int | None) -> None:
    """Rows of a practice as they are after so many days; None: never."""
    facts = ", ".join(
        f"{name} = " + ("NULL" if ago is None else f"now() - interval '{ago} days'") for name, ago in days.items()
    )
    database.rows(f"UPDATE {table} SET {facts} WHERE organization_id = %s RETURNING 1", practice.id)


def count(database, practice, table: str) -> int:
    return int(str(database.rows(f"SELECT count(*) FROM {table} WHERE organization_id = %s", practice.id)[0][0]))


def test_sessions_go_but_for_everybodys_newest(practice, database, purge):
    for _ in range(4):
        practice.sign_in(practice.owner)
    newest = database.rows("SELECT max(id::text) FROM sessions WHERE organization_id = %s", practice.id)
    age(database, practice, "sessions", expires_at=34)
    purge()
    assert count(database, practice, "sessions") == 4
    age(database, practice, "sessions", expires_at=36)
    assert purge()["sessions"] >= 3
    assert database.rows("SELECT id::text FROM sessions WHERE organization_id = %s", practice.id) == newest


def test_invitations_go_long_after_they_lapsed(practice, database, purge):
    practice.invite("default")
    practice.member("default")
    age(database, practice, "invitations", expires_at=34)
    purge()
    assert count(database, practice, "invitations") == 2
    age(database, practice, "invitations", expires_at=36)
    purge()
    assert count(database, practice, "invitations") == 0


def test_mail_goes_a_week_after_it_was_written_unless_it_waits(practice, database, purge):
    for _ in range(3):
        practice.invite("default")
    age(database, practice, "mail", created_at=8)
    purge()
    assert count(database, practice, "mail") == 3, "it waits"
    first, second, _ = database.rows("SELECT id FROM mail WHERE organization_id = %s", practice.id)
    database.rows("UPDATE mail SET sent_at = now() WHERE id = %s RETURNING 1", *first)
    database.rows("UPDATE mail SET given_up_at = now() WHERE id = %s RETURNING 1", *second)
    purge()
    assert count(database, practice, "mail") == 1


def test_tokens_networks_and_requests_go(practice, database, purge):
    here, staff = practice.id, practice.owner.id
    database.rows(
        "INSERT INTO known_networks VALUES (%s, %s, '192.0.2.0/24', now() - interval '61 days'),"
        " (%s, %s, '203.0.113.0/24', now() - interval '59 days') RETURNING 1",
        *(here, staff, here, staff),
    )
    database.rows(
        "INSERT INTO mailed_tokens (organization_id, id, staff_id, purpose, token_hash, created_at, expires_at)"
        " SELECT %s, gen_random_uuid(), %s, 'password_reset', decode(md5(days::text), 'hex'), now(),"
        " now() - make_interval(days => days) FROM unnest(ARRAY[34, 36]) AS days RETURNING 1",
        *(here, staff),
    )
    database.rows(
        "INSERT INTO reset_requests VALUES (%s, gen_random_uuid(), 'old', now() - interval '2 days'),"
        " (%s, gen_random_uuid(), 'new', now()) RETURNING 1",
        *(here, here),
    )
    database.rows(
        "INSERT INTO api_clients (organization_id, id, version, name, permissions, created_by, created_at, expires_at)"
        " VALUES (%s, %s, 1, 'x', '{}', %s, now(), now()) RETURNING 1",
        *(here, staff, staff),
    )
    for table, more in (("api_tokens", ", secret_created_at"), ("api_secrets", "")):
        database.rows(
            f"INSERT INTO {table} (organization_id, id, api_client_id, shown_to, hash, created_at{more}, expires_at)"
            f" SELECT %s, gen_random_uuid(), %s, gen_random_uuid(), decode(md5(days::text), 'hex'), now(),"
            f" {more and 'now(),'}"
            " now() - make_interval(days => days) FROM unnest(ARRAY[0, 2]) AS days RETURNING 1",
            *(here, staff),
        )
    purge()
    for table in ("known_networks", "mailed_tokens", "reset_requests", "api_tokens", "api_secrets"):
        assert count(database, practice, table) == 1, table


def test_without_a_tenant_the_worker_sees_what_is_to_go_and_nothing_else(practice, database):
    practice.sign_in(practice.owner)
    practice.sign_in(practice.owner)
    oldest = database.rows("SELECT min(id::text) FROM sessions WHERE organization_id = %s", practice.id)[0][0]
    statement = "UPDATE sessions SET expires_at = now() - interval '36 days' WHERE id = %s::uuid RETURNING 1"
    database.rows(statement, oldest)
    with psycopg.connect(database.url("worker"), autocommit=True) as connection:
        seen = connection.execute("SELECT id::text FROM sessions WHERE organization_id = %s", [practice.id]).fetchall()
        assert seen == [(oldest,)]
        assert connection.execute("UPDATE sessions SET end_reason = 'x'").rowcount == 0
    with psycopg.connect(database.url("app"), autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
    database.rows("DELETE FROM sessions WHERE id = %s::uuid RETURNING 1", oldest)
