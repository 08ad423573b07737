"""The login roles of a service and its database, made once by a superuser, outside the migrations.

Per service: `<service>_owner` owns the schema and runs migrations, `<service>_app` is the web process,
`<service>_worker` relay and consumer. None is a superuser, none bypasses row-level security, none may connect to
another database than its service's, and none makes large objects, which have no tenant. Identity also has
`identity_signin`, which nobody signs in as: it owns the one function that looks accounts up by e-mail across
organizations, and may read just the columns that this needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import psycopg
from psycopg import sql

# What every PostgreSQL server comes with, open to everybody who may sign in.
SERVERS_OWN: Final = ("postgres", "template1")


def roles_of(service: str) -> tuple[str, ...]:
    """The login roles of a service, owner first."""
    return (f"{service}_owner", f"{service}_app", f"{service}_worker")


def create_service_database(
    admin_url: str, service: str, passwords: Mapping[str, str], database: str | None = None
) -> None:
    """Create roles (or set their passwords anew) and the database of `service`; does nothing twice.

    `admin_url` is a superuser's address of any database on that server, `passwords` maps each role to its password.
    """
    name = database or service
    with psycopg.connect(admin_url, autocommit=True) as connection:
        for role in roles_of(service):
            _ensure_role(connection, role, passwords[role])
        if service == "identity":
            _ensure_signin(connection)
        _ensure_database(connection, name, roles_of(service))
        _close_servers_own(connection)
    with psycopg.connect(admin_url, dbname=name, autocommit=True) as connection:
        connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(f"{service}_owner")))
        for role in roles_of(service):
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(role)))
        _forbid_large_objects(connection)


def create_bus_database(admin_url: str, password: str, database: str = "bus") -> None:
    """Create the role `bus` and the embedded bus's database; does nothing twice."""
    with psycopg.connect(admin_url, autocommit=True) as connection:
        _ensure_role(connection, "bus", password)
        _ensure_database(connection, database, ("bus",))
        _close_servers_own(connection)
    with psycopg.connect(admin_url, dbname=database, autocommit=True) as connection:
        connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        connection.execute("ALTER SCHEMA public OWNER TO bus")
        _forbid_large_objects(connection)


def let_connect_alone(connection: psycopg.Connection[Any], database: str, roles: Iterable[str]) -> None:
    """From now on these roles may connect to the database, and nobody else but its owner and superusers."""
    name = sql.Identifier(database)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    for role in roles:
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(role)))


def _close_servers_own(connection: psycopg.Connection[Any]) -> None:
    """Nobody but superusers connects to the databases that come with the server; nothing twice."""
    # Names are not read back: a server that was set up without an encoding answers with bytes.
    is_open = "SELECT has_database_privilege('public', oid, 'CONNECT') FROM pg_database WHERE datname = %s"
    for name in SERVERS_OWN:
        found = connection.execute(is_open, [name]).fetchone()
        if found is not None and found[0]:
            let_connect_alone(connection, name, ())


def _forbid_large_objects(connection: psycopg.Connection[Any]) -> None:
    """Nobody but superusers calls the functions that make, write, read or delete large objects; nothing twice."""
    functions = connection.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace"
        " AND (proname LIKE 'lo\\_%' OR proname IN ('loread', 'lowrite'))"
        " AND has_function_privilege('public', oid, 'EXECUTE')"
    ).fetchall()
    for (signature,) in functions:
        connection.execute(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC".encode())


def _ensure_role(connection: psycopg.Connection[Any], role: str, password: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if not exists:
        connection.execute(
            sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS").format(sql.Identifier(role))
        )
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password)))


def _ensure_signin(connection: psycopg.Connection[Any]) -> None:
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'identity_signin'").fetchone():
        connection.execute("CREATE ROLE identity_signin NOLOGIN NOSUPERUSER NOBYPASSRLS")
    # So that a migration can hand the function over; without inheriting what its new owner may see.
    connection.execute("ALTER ROLE identity_owner NOINHERIT")
    connection.execute("GRANT identity_signin TO identity_owner")


def _ensure_database(connection: psycopg.Connection[Any], database: str, roles: tuple[str, ...]) -> None:
    exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
    name, owner = sql.Identifier(database), sql.Identifier(roles[0])
    if not exists:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(name, owner)
        )
    let_connect_alone(connection, database, roles)
