"""The database in which floors and peers do the plain job, on the server that Caseload's are on."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

import psycopg
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from psycopg import sql

from embedded.stack import Stack

NAME: Final = "bench"
APP: Final = "bench_app"
RELAY: Final = "bench_relay"
PLAIN: Final = """
CREATE TABLE plain_notes (id uuid PRIMARY KEY, body text NOT NULL);
CREATE TABLE plain_invoices (id uuid PRIMARY KEY, note uuid NOT NULL UNIQUE);
"""
# Tables and what they hold besides the tenant; each has forced row-level security as those of Caseload have.
HONEST: Final = {
    "honest_notes": "id uuid PRIMARY KEY, body text NOT NULL",
    "honest_outbox": "id uuid PRIMARY KEY, note uuid NOT NULL, published_at timestamptz, settled_at timestamptz",
    "honest_inbox": "event_id uuid PRIMARY KEY",
    "honest_invoices": "id uuid PRIMARY KEY, note uuid NOT NULL UNIQUE",
    "honest_lines": "invoice_id uuid PRIMARY KEY, cents integer NOT NULL",
    "honest_audit": "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, action text NOT NULL, object_id uuid NOT NULL",
}
POLICY: Final = "organization_id = current_setting('app.organization_id', true)::uuid"


@dataclass(frozen=True, slots=True)
class ContestDatabase:
    """Where it is, for its owner and for those who play in it."""

    url: str
    environment: dict[str, str]


def create(stack: Stack, bus_url: str) -> ContestDatabase:
    """A new database with the tables of both floors, and what its programs are started with."""
    key = ec.generate_private_key(ec.SECP256R1())
    password = secrets.token_hex(16)
    with psycopg.connect(stack.postgres.admin_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAME}".encode())
        for role, may in ((APP, "NOBYPASSRLS"), (RELAY, "BYPASSRLS")):
            connection.execute(sql.SQL(f"CREATE ROLE {role} LOGIN {may} PASSWORD {{}}").format(sql.Literal(password)))
    url = stack.postgres.admin_url.rsplit("/", 1)[0] + f"/{NAME}"
    with psycopg.connect(url) as connection:
        connection.execute(PLAIN)
        for table, columns in HONEST.items():
            connection.execute(f"CREATE TABLE {table} (organization_id uuid NOT NULL, {columns})".encode())
            connection.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY".encode())
            connection.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY".encode())
            connection.execute(f"CREATE POLICY tenant ON {table} USING ({POLICY})".encode())
            connection.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {APP}, {RELAY}".encode())
        connection.execute("CREATE INDEX ON honest_outbox (id) WHERE published_at IS NULL")
    return ContestDatabase(
        url,
        {
            "BENCH_DATABASE_URL": url,
            "BENCH_APP_URL": stack.postgres.url(APP, password, NAME),
            "BENCH_RELAY_URL": stack.postgres.url(RELAY, password, NAME),
            "BENCH_BUS_URL": bus_url,
            "BENCH_SIGNING_KEY": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        },
    )
