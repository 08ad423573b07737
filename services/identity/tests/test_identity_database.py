"""The database's own walls: models and migrations agree, and no role sees more than it must."""

from __future__ import annotations

import psycopg
import pytest

from shared.database import migration
from shared.testing.databases import load

OURS = (
    "organizations",
    "locations",
    "staff",
    "licences",
    "staff_tokens",
    "invitations",
    "sessions",
    "sign_in_failures",
    "known_addresses",
    "known_devices",
)


def test_models_and_migrations_agree(database):
    service = load("identity")
    migration.drift(service.migrations, service.metadata, database.url("owner"))


def test_row_security_is_forced_on_every_table(database):
    open_tables = database.rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
        "AND NOT (relrowsecurity AND relforcerowsecurity)"
    )
    assert open_tables == [("alembic_version",)]


@pytest.mark.parametrize("role", ["app", "worker", "owner"])
@pytest.mark.parametrize("table", OURS)
def test_without_a_tenant_nothing_is_seen(practice, database, role, table):
    with psycopg.connect(database.url(role), autocommit=True) as connection:
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_the_look_up_by_email_is_all_that_crosses_organizations(practice, database):
    look_up = "SELECT organization_id, staff_id FROM accounts_to_try(%s, NULL, '', now(), 5)"
    with psycopg.connect(database.url("app"), autocommit=True) as connection:
        assert connection.execute(look_up, [practice.owner.email]).fetchall() == [(practice.id, practice.owner.id)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET ROLE identity_signin")
    # The worker sends mail about a forgotten password to every account of an address.
    with psycopg.connect(database.url("worker"), autocommit=True) as connection:
        assert connection.execute(look_up, [practice.owner.email]).fetchall() == [(practice.id, practice.owner.id)]
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute("SET ROLE identity_signin")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT given_name FROM staff")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE staff SET active = true")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine ()")


@pytest.mark.abuse("A-LOG-audit-delete")
def test_the_audit_trail_can_not_be_changed(practice, database):
    for role in ("app", "worker"):
        with psycopg.connect(database.url(role), autocommit=True) as connection:
            for statement in ("UPDATE audit_entries SET rule = 'x'", "DELETE FROM audit_entries"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement)
