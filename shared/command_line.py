"""The command line of a service: `python -m services.<name> migrate | worker | jobs | …`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any, Final

from shared import clock, logs, worker
from shared.database import purge
from shared.messaging import dead_letters
from shared.service import Role, Service
from shared.settings import BackgroundSettings, Environment, MissingSetting
from shared.web.openapi import describe

ROLES: Final[dict[str, tuple[Role, ...]]] = {
    "worker": ("worker",),
    "jobs": ("jobs",),
    "background": ("worker", "jobs"),
}


def main(service: Service, arguments: Sequence[str] | None = None) -> int:
    """Run one command of a service; returns the exit status."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{service.name}")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the database schema to the newest revision")
    commands.add_parser("openapi", help="print the OpenAPI document of this service's routes")
    for name, what in (
        ("worker", "relay, consumer, receipts, dead letters of the bus, audit trail"),
        ("jobs", "mail, purge and other work beside the events; needs no bus"),
        ("background", "worker and jobs in one process"),
        ("purge", "delete settled messages and expired keys past their retention, now"),
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
        clock.follow(environment)
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
    settings = BackgroundSettings.load(environment)
    database = service.database(settings.database_url, pool_size=6, process=given.command)
    if given.command == "dead-letters":
        return dead_letters.main(service.name, database, environment.text("BUS_URL"), given.rest)
    if given.command in service.commands:
        return service.commands[given.command](database, rest)
    if given.command == "purge":
        return purge.main(service.name, database, service.expired)
    return worker.main(service, database, environment, ROLES[given.command])
