"""The walls inside each database, looked up in PostgreSQL's own catalogue; and models equal migrations."""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from shared.database import migration
from shared.database.roles import SERVERS_OWN, create_service_database, roles_of
from shared.ids import new_id
from shared.services import SERVICES
from shared.testing.databases import PASSWORD, ServiceDatabase, TestServer, database_of, load
from tests.architecture.source import files

# The one list of tables without a tenant: Alembic's own, and public codes.
WITHOUT_TENANT = {"alembic_version", "icd10_codes"}
APPEND_ONLY = {
    "audit_entries",
    "assignment_changes",
    "case_member_changes",
    "case_status_changes",
    "access_changes",
    "audit_trail",
    "audit_trail_clients",
    "organization_changes",
    "cancellation_policies",
    "billing_profiles",
    "billing_profile_copies",
    "logos",
    "audit_checkpoints",
    "note_versions",
    "addenda",
    "invoice_lines",
    "journal_entries",
    "postings",
}
CODES_IN_KEY = "organization_id"


@pytest.fixture(scope="module", params=SERVICES)
def database(request: pytest.FixtureRequest, server: TestServer) -> ServiceDatabase:
    return server.service_database(request.param)


def tables(database: ServiceDatabase) -> set[str]:
    found = database.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {str(name) for (name,) in found}


@pytest.mark.abuse("A-CFG-row-security")
def test_every_table_has_a_tenant_and_forced_policies(database: ServiceDatabase) -> None:
    found = database.rows(
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,"
        " EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id'),"
        " (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid)"
        " FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
    )
    for name, enabled, forced, has_tenant, policies in found:
        if name in WITHOUT_TENANT:
            continue
        assert (enabled, forced, has_tenant) == (True, True, True), name
        assert int(str(policies)) >= 1, name


def test_every_policy_checks_what_is_written_too(database: ServiceDatabase) -> None:
    found = database.rows("SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies")
    for table, policy, command, using, checking in found:
        assert command in {"SELECT", "DELETE"} or (using and checking), (table, policy)


@pytest.mark.abuse("A-TEN-foreign-key")
def test_foreign_keys_can_not_cross_tenants(database: ServiceDatabase) -> None:
    found = database.rows(
        "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"
    )
    assert [key for key in found if "organization_id" not in str(key[1])] == []


@pytest.mark.abuse("A-CFG-database-role")
def test_no_role_is_more_than_it_says(database: ServiceDatabase) -> None:
    names = ", ".join(f"'{role}'" for role in roles_of(database.service))
    found = database.rows(
        f"SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname IN ({names})"
    )
    assert len(found) == len(roles_of(database.service))
    assert not any(any(rights) for _, *rights in found)


@pytest.mark.abuse("A-LOG-audit-delete")
def test_what_is_append_only_can_not_be_changed_by_web_or_worker(database: ServiceDatabase) -> None:
    for table in APPEND_ONLY & tables(database):
        for role in ("app", "worker"):
            for right in ("UPDATE", "DELETE", "TRUNCATE"):
                question = f"SELECT has_table_privilege('{database.service}_{role}', '{table}', '{right}')"
                assert database.rows(question) == [(False,)], (table, role, right)


def test_without_a_tenant_nothing_is_seen_and_another_tenants_row_is_refused(database: ServiceDatabase) -> None:
    seen = database_of(database, "app")
    organization, stranger = new_id(), new_id()

    def insert(session: object) -> None:
        session.execute(
            text(
                "INSERT INTO audit_entries (organization_id, id, at, action, outcome, details)"
                " VALUES (:o, :i, now(), 'x', 'done', '{}')"
            ),
            {"o": organization, "i": new_id()},
        )

    seen.run(insert, organization)
    question = text("SELECT count(*) FROM audit_entries")
    assert seen.run(lambda s: s.scalar(question), organization) == 1
    assert seen.run(lambda s: s.scalar(question), stranger) == 0
    assert seen.run(lambda s: s.scalar(question), None) == 0
    with pytest.raises(ProgrammingError, match="row-level security"):
        seen.run(insert, stranger)
    seen.dispose()


def test_migrations_make_what_the_models_say(database: ServiceDatabase) -> None:
    service = load(database.service)
    migration.drift(service.migrations, service.metadata, database.url("owner"))


def roles_and_bus(database: ServiceDatabase) -> list[str]:
    """Every role that the services and the bus sign in as, on this server."""
    found = database.rows("SELECT rolname FROM pg_roles WHERE rolcanlogin AND NOT rolsuper ORDER BY 1")
    return [str(name) for (name,) in found]


@pytest.mark.abuse("A-CFG-database-role")
def test_a_role_connects_to_its_own_databases_alone(database: ServiceDatabase, server: TestServer) -> None:
    server.bus_url()
    own = set(roles_of(database.service))
    found = database.rows("SELECT datname, has_database_privilege('public', oid, 'CONNECT') FROM pg_database")
    template0 = {"template0"}  # takes connections from nobody
    assert [name for name, open_to_all in found if open_to_all and name not in template0] == []
    for role in roles_and_bus(database):
        question = f"SELECT has_database_privilege('{role}', '{database.name}', 'CONNECT, TEMPORARY')"
        assert database.rows(question) == [(role in own,)], role
    for other in (
        "postgres",
        "template1",
        *(f"template_{service}" for service in SERVICES if service != database.service),
    ):
        for role in own:
            question = f"SELECT has_database_privilege('{role}', oid, 'CONNECT') FROM pg_database WHERE datname = %s"
            assert database.rows(question, other) in ([], [(False,)]), (role, other)


@pytest.mark.abuse("A-CFG-database-role")
@pytest.mark.parametrize("role", ["owner", "app", "worker"])
def test_a_role_is_refused_elsewhere_and_makes_no_large_object(database: ServiceDatabase, role: str) -> None:
    elsewhere = database.url(role).rsplit("/", 1)[0] + "/postgres"
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(elsewhere)
    with psycopg.connect(database.url(role), autocommit=True) as connection:
        for statement in ("lo_create(0)", "lo_creat(-1)", "lo_from_bytea(0, 'x')", "lo_get(1)", "lo_unlink(1)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT {statement}".encode())


def test_no_function_of_large_objects_is_open(database: ServiceDatabase) -> None:
    found = database.rows(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE (proname LIKE 'lo\\_%' OR proname IN ('loread', 'lowrite'))"
        " AND has_function_privilege('public', oid, 'EXECUTE')"
    )
    assert found == []


def test_functions_with_their_owners_rights_are_those_that_the_code_calls(database: ServiceDatabase) -> None:
    found = database.rows(
        "SELECT proname, has_function_privilege('public', oid, 'EXECUTE') FROM pg_proc WHERE prosecdef"
        " AND pronamespace = 'public'::regnamespace"
    )
    called = "\n".join(path.read_text(encoding="utf-8") for path in files(f"services/{database.service}", "shared"))
    for name, open_to_all in found:
        assert not open_to_all, name
        assert f"{name}(" in called, name


# Table -> a row as it comes in, and each way in which its duty is done.
EVENT_ROWS = {
    "outbox": (
        "INSERT INTO outbox (organization_id, id, type, aggregate_id, aggregate_version, data, occurred_at, awaiting,"
        " next_try_at) VALUES (%(id)s, %(id)s, 'x', %(id)s, 1, '{}', now(), '{x}', now())",
        ("settled_at",),
    ),
    "inbox": (
        "INSERT INTO inbox (organization_id, event_id, type, received_at) VALUES (%(id)s, %(id)s, 'x', now())",
        ("receipted_at",),
    ),
    "dead_letters": (
        "INSERT INTO dead_letters (id, type, reason, error, attempts, body, headers, parked_at)"
        " VALUES (%(id)s, 'x', 'x', 'x', 1, '', '{}', now())",
        ("replayed_at", "discarded_at"),
    ),
}


@pytest.mark.abuse("A-CFG-database-role")
@pytest.mark.parametrize("table", EVENT_ROWS)
def test_the_worker_deletes_what_has_done_its_duty_alone(database: ServiceDatabase, table: str) -> None:
    insert, done = EVENT_ROWS[table]
    with psycopg.connect(database.url("worker"), autocommit=True) as worker:
        for instant in done:
            worker.execute(insert.encode(), {"id": new_id()})
            assert worker.execute(f"DELETE FROM {table}".encode()).rowcount == 0, "it waits still"
            worker.execute(f"UPDATE {table} SET {instant} = now()".encode())
            assert worker.execute(f"DELETE FROM {table}".encode()).rowcount == 1, instant
    with psycopg.connect(database.url("worker"), autocommit=True) as worker:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            worker.execute(f"TRUNCATE {table}".encode())


def test_a_server_that_was_set_up_without_an_encoding_is_closed_as_well(server: TestServer) -> None:
    """Asked on such a connection, a server answers names as bytes."""
    name = f"ascii_{new_id().hex[-12:]}"
    with psycopg.connect(server.postgres.admin_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'").format(
                sql.Identifier(name)
            )
        )
        connection.execute("GRANT CONNECT ON DATABASE postgres TO PUBLIC")
    admin_url = f"{server.postgres.admin_url.rpartition('/')[0]}/{name}"
    passwords = dict.fromkeys(roles_of("clients"), PASSWORD)
    create_service_database(admin_url, "clients", passwords, database=f"clients_{name}")
    with psycopg.connect(server.postgres.admin_url) as connection:
        query = "SELECT has_database_privilege('public', oid, 'CONNECT') FROM pg_database WHERE datname = ANY(%s)"
        found = connection.execute(query, [[*SERVERS_OWN, f"clients_{name}"]]).fetchall()
        assert found == [(False,)] * 3
