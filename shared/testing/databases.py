"""Databases for tests: one real server per test process, one migrated template per service, cheap clones of it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from shared.database import migration
from shared.database.local_postgres import LocalPostgres
from shared.database.roles import create_bus_database, create_service_database, let_connect_alone, roles_of
from shared.database.session import Database
from shared.ids import new_id
from shared.testing import superuser
from shared.testing.janitor import Folder

if TYPE_CHECKING:
    from shared.service import Service

PASSWORD = "for-tests-only"  # noqa: S105 - a throw-away server on loopback


@dataclass(frozen=True, slots=True)
class ServiceDatabase:
    """One clone: the addresses of each role."""

    service: str
    name: str
    server: LocalPostgres

    def url(self, role: str) -> str:
        """The address for `owner`, `app`, `worker` or `signin`."""
        return self.server.url(f"{self.service}_{role}", PASSWORD, self.name)

    @property
    def admin_url(self) -> str:
        """The superuser's address, for looking past row-level security."""
        return self.server.admin_url.rsplit("/", 1)[0] + "/" + self.name

    def rows(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        """What a query finds when asked by the superuser."""
        return superuser.found(self.admin_url, statement, parameters)


class TestServer:
    """The server of a test process."""

    __test__ = False

    def __init__(self, *, durable: bool = False) -> None:
        self._folder = Folder("caseload-pg-")
        self.postgres = LocalPostgres(self._folder.path, durable=durable)
        self.postgres.start()
        self._templates: set[str] = set()

    def close(self) -> None:
        """Stop the server and forget its folder."""
        self.postgres.stop()
        self._folder.close()

    def service_database(self, service: str) -> ServiceDatabase:
        """A fresh database with the newest schema of `service`."""
        template = f"template_{service}"
        if service not in self._templates:
            passwords = dict.fromkeys(roles_of(service), PASSWORD)
            create_service_database(self.postgres.admin_url, service, passwords, database=template)
            load(service).migrate(self.postgres.url(f"{service}_owner", PASSWORD, template))
            self._templates.add(service)
        return ServiceDatabase(service, self._clone(template, service), self.postgres)

    def service_database_at(self, service: str, revision: str) -> ServiceDatabase:
        """A fresh database with the schema of `service` as it was at `revision`."""
        name = f"{service}_{new_id().hex[-12:]}"
        create_service_database(self.postgres.admin_url, service, dict.fromkeys(roles_of(service), PASSWORD), name)
        definition = load(service)
        owner_url = self.postgres.url(f"{service}_owner", PASSWORD, name)
        migration.upgrade(definition.migrations, definition.metadata, owner_url, revision)
        return ServiceDatabase(service, name, self.postgres)

    def bus_url(self) -> str:
        """A fresh, empty database for the embedded bus."""
        name = f"bus_{new_id().hex[-12:]}"
        create_bus_database(self.postgres.admin_url, PASSWORD, database=name)
        return self.postgres.url("bus", PASSWORD, name)

    def _clone(self, template: str, service: str) -> str:
        name = f"{service}_{new_id().hex[-12:]}"
        with psycopg.connect(self.postgres.admin_url, autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(template), sql.Identifier(f"{service}_owner")
                )
            )
            let_connect_alone(connection, name, roles_of(service))
        return name


def load(service: str) -> Service:
    """The definition of a service, by name: this package must not import what stands above it."""
    definition: Service = import_module(f"services.{service}.app").SERVICE
    return definition


def database_of(clone: ServiceDatabase, role: str = "app") -> Database:
    """The `Database` of a clone through one role."""
    return load(clone.service).database(clone.url(role))
