"""What a service is, and its command line: `python -m services.<name> migrate | worker | openapi | …`."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from sqlalchemy import MetaData

from shared import logs, migration
from shared.database import Database
from shared.public_keys import PublicKeys
from shared.settings import Environment, MissingSetting, WebSettings, WorkerSettings
from shared.web.application import build_application
from shared.web.openapi import describe
from shared.web.routes import Route

if TYPE_CHECKING:
    from shared.messaging.purge import Expired

Background = Callable[[threading.Event], None]


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its name, tables, migrations, routes and what it does on which event."""

    name: str
    metadata: MetaData
    migrations: Path
    routes: Sequence[Route]
    handlers: Mapping[type, Callable[..., None]]
    # What the worker does besides, by name: made from the database and the environment, run until the event is set.
    background: Mapping[str, Callable[[Database, Environment], Background]] = field(default_factory=dict)
    # What the web process's commands find in `session.resources`: made once, from the environment.
    resources: Callable[[Environment], object] = lambda _environment: None
    # What is purged of its own tables, beside what every service has.
    expired: Sequence[Expired] = ()
    # Commands that only this service has, by name; the exit status is what they return.
    commands: Mapping[str, Callable[[Database, Sequence[str]], int]] = field(default_factory=dict)

    def database(self, url: str, *, pool_size: int = 8, process: str = "web", resources: object = None) -> Database:
        """The service's database through the role in `url`."""
        name = f"caseload {self.name} {process}"
        return Database(url, resources=resources, pool_size=pool_size, application_name=name)

    def web(self, environment: Environment | None = None) -> Flask:
        """The WSGI application, from the process's environment unless another is given."""
        environment = environment or Environment.of_process()
        settings = WebSettings.load(environment)
        logs.configure(self.name, settings.log_level)
        resources = self.resources(environment)
        database = self.database(settings.database_url, pool_size=settings.pool_size, resources=resources)
        return build_application(self.name, database, PublicKeys(settings.public_keys), self.routes)

    def migrate(self, owner_url: str) -> None:
        """Bring the schema to the newest revision."""
        migration.upgrade(self.migrations, self.metadata, owner_url)


def main(service: Service, arguments: Sequence[str] | None = None) -> int:
    """Run one command of a service; returns the exit status."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{service.name}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the database schema to the newest revision")
    commands.add_parser("openapi", help="print the OpenAPI document of this service's routes")
    for name, what in (
        ("worker", "relay, consumer and receipts in one process"),
        ("relay", "publish outbox rows only"),
        ("consumer", "consume events and send receipts only"),
        ("purge", "delete settled messages and expired keys past their retention"),
    ):
        commands.add_parser(name, help=what)
    letters = commands.add_parser(
        "dead-letters", help="messages that could not be applied: list, show, replay, discard"
    )
    letters.add_argument("rest", nargs=argparse.REMAINDER)
    for name, command in service.commands.items():
        commands.add_parser(name, help=(command.__doc__ or "").splitlines()[0], add_help=False)
    given, rest = parser.parse_known_args(arguments)
    if rest and given.command not in service.commands:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    environment = Environment.of_process()
    logs.configure(service.name, environment.text("LOG_LEVEL", "INFO"))
    try:
        return _run(service, given, rest, environment)
    except MissingSetting as error:
        print(f"services.{service.name}: {error}", file=sys.stderr)
        return 2


def _run(service: Service, given: Any, rest: Sequence[str], environment: Environment) -> int:
    if given.command == "migrate":
        service.migrate(environment.text("OWNER_DATABASE_URL"))
        return 0
    if given.command == "openapi":
        json.dump(describe(service.name, service.routes), sys.stdout, indent=1, sort_keys=True)
        return 0
    # Only these commands speak to the bus: web processes never import pika.
    from shared.messaging import dead_letters, purge, worker

    settings = WorkerSettings.load(environment)
    database = service.database(settings.database_url, pool_size=6, process=given.command)
    if given.command == "dead-letters":
        return dead_letters.main(service, database, settings, given.rest)
    if given.command in service.commands:
        return service.commands[given.command](database, rest)
    if given.command == "purge":
        return purge.main(service, database)
    return worker.main(service, database, settings, environment, parts=given.command)
