"""What a service is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from flask import Flask
from sqlalchemy import MetaData

from shared import clock, logs
from shared.contracts.envelope import seals
from shared.database.retention import Expired
from shared.database.session import Database
from shared.database.waiting_metrics import Queue
from shared.jobs.kinds import Kind
from shared.keys import bus
from shared.keys.public import PublicKeys
from shared.messaging.handling import Handler
from shared.settings import Environment, WebSettings
from shared.web.application import build_application
from shared.web.cursors import CursorKey
from shared.web.days import Today
from shared.web.merged_clients import KnownClients
from shared.web.routes import Route

Background = Callable[[threading.Event], None]  # runs until the event is set
Role = Literal["worker", "jobs"]  # of a process without a web server: events, or the work beside them


@dataclass(frozen=True, slots=True)
class Part:
    """What one service's background processes do besides, and in which role; the queue that it works off, if any."""

    role: Role
    make: Callable[[Database, Environment], Background]
    queue: Queue | None = None


@dataclass(frozen=True, slots=True)
class Service:
    """One service: its name, tables, migrations, routes and what it does on which event."""

    name: str
    metadata: MetaData
    migrations: Path
    routes: Sequence[Route]
    handlers: Mapping[type, Handler]
    # What only this service does in the background, by name.
    background: Mapping[str, Part] = field(default_factory=dict)
    # What the web process's commands find in `session.resources`: made once, from the environment.
    resources: Callable[[Environment], object] = lambda _environment: None
    # What is purged of its own tables, beside what every service has.
    expired: Sequence[Expired] = ()
    # The kinds of its jobs. With the first one come the tables, the endpoints and a part of the role `jobs`.
    jobs: Sequence[Kind] = ()
    # Commands that only this service has, by name; the exit status is what they return.
    commands: Mapping[str, Callable[[Database, Sequence[str]], int]] = field(default_factory=dict)
    # What day it is at a practice: a service needs it whose bodies have days on which something happened.
    today: Today | None = None
    # The clients whom the service knows: one who was merged is followed to the survivor.
    clients: KnownClients | None = None

    def database(self, url: str, *, pool_size: int = 8, process: str = "web", resources: object = None) -> Database:
        """The service's database through the role in `url`."""
        name = f"caseload {self.name} {process}"
        return Database(url, resources=resources, pool_size=pool_size, application_name=name)

    def web(self, environment: Environment | None = None) -> Flask:
        """The WSGI application, from the process's environment unless another is given."""
        environment = environment or Environment.of_process()
        clock.follow(environment)
        bus.follow(environment, needed=seals(self.name))
        settings = WebSettings.load(environment)
        logs.configure(self.name, settings.log_level)
        resources = self.resources(environment)
        database = self.database(settings.database_url, pool_size=settings.pool_size, resources=resources)
        keys, cursors = PublicKeys(settings.public_keys), CursorKey(settings.secrets_key)
        return build_application(self.name, database, keys, self.routes, cursors, self.today, self.clients)

    def migrate(self, owner_url: str) -> None:
        """Bring the schema to the newest revision."""
        from shared.database import migration  # Alembic is a tenth of a start, and only this needs it

        migration.upgrade(self.migrations, self.metadata, owner_url)
