"""`python -m services.<service> dead-letters list | show | replay | discard`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, select, update

from shared import clock
from shared.contracts.envelope import Envelope, InvalidEvent
from shared.database.session import Database, Session
from shared.messaging.bus import connect
from shared.messaging.dead_letter_store import TOO_OLD
from shared.messaging.tables import DEAD_LETTERS
from shared.messaging.topology import ATTEMPT_HEADER
from shared.messaging.transport import Message, Publisher

LIST_MAX = 1_000
REPLAY_MAX = 500


def main(service: str, database: Database, bus_url: str, arguments: Sequence[str]) -> int:
    """Run one dead-letters command; returns the exit status (0 done, 1 nothing under that id)."""
    given = _parser(service).parse_args(arguments)
    if given.command == "list":
        return _list(database, given.all)
    if given.command == "show":
        return _show(database, given.id, given.data)
    if given.command == "replay":
        return _replay(database, bus_url, given.id, given.all)
    return _discard(database, given.id, given.reason)


def _parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m services.{name} dead-letters")
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="open dead letters, oldest first")
    listing.add_argument("--all", action="store_true", help="also those replayed or discarded")
    show = commands.add_parser("show", help="one dead letter: why, since when, which event")
    show.add_argument("id", type=UUID)
    show.add_argument("--data", action="store_true", help="print the event's data too (may be personal)")
    replay = commands.add_parser("replay", help="put it back on the bus")
    which = replay.add_mutually_exclusive_group(required=True)
    which.add_argument("id", type=UUID, nargs="?")
    which.add_argument("--all", action="store_true", help=f"up to {REPLAY_MAX} open ones, oldest first")
    discard = commands.add_parser("discard", help="close it without applying it; the row stays for 35 days")
    discard.add_argument("id", type=UUID)
    discard.add_argument("--reason", required=True)
    return parser


def _list(database: Database, everything: bool) -> int:
    def read(session: Session) -> Sequence[Row[Any]]:
        statement = select(DEAD_LETTERS).order_by(DEAD_LETTERS.c.parked_at).limit(LIST_MAX)
        return session.execute(statement if everything else statement.where(*is_open())).all()

    rows = database.run(read)
    for row in rows:
        state = "discarded" if row.discarded_at else "replayed" if row.replayed_at else "open"
        print(f"{row.id}  {_minute(row.parked_at)}  {state:9}  {row.reason:15}  {row.type}")
    print(f"{len(rows)} dead letters" + (f" (the first {LIST_MAX})" if len(rows) == LIST_MAX else ""))
    return 0


def _show(database: Database, identifier: UUID, with_data: bool) -> int:
    def read(session: Session) -> Row[Any] | None:
        return session.execute(select(DEAD_LETTERS).where(DEAD_LETTERS.c.id == identifier)).first()

    row = database.run(read)
    if row is None:
        return _nothing(identifier)
    shown: dict[str, Any] = {
        "id": row.id,
        "type": row.type,
        "reason": row.reason,
        "error": row.error,
        "attempts": row.attempts,
        "parked_at": row.parked_at,
        "replayed_at": row.replayed_at,
        "discarded_at": row.discarded_at,
        "discard_reason": row.discard_reason,
        "organization_id": row.organization_id,
        "event_id": row.event_id,
        "signed_by": row.headers.get("kid"),
        "bytes": len(row.body),
    }
    try:
        envelope = Envelope.from_bytes(row.body)
        shown |= {
            "occurred_at": envelope.occurred_at,
            "aggregate_id": envelope.aggregate_id,
            "aggregate_version": envelope.aggregate_version,
            "correlation_id": envelope.correlation_id,
        }
        if with_data:
            shown["data"] = envelope.data
    except InvalidEvent as error:
        shown["unreadable"] = str(error)
    print(orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode())
    return 0


def _replay(database: Database, bus_url: str, identifier: UUID | None, everything: bool) -> int:
    def read(session: Session) -> Sequence[Row[Any]]:
        statement = select(DEAD_LETTERS).where(*is_open()).order_by(DEAD_LETTERS.c.parked_at).limit(REPLAY_MAX)
        return session.execute(statement if everything else statement.where(DEAD_LETTERS.c.id == identifier)).all()

    rows = database.run(read)
    rows = [row for row in rows if row.reason != TOO_OLD]  # its consumer would refuse it again
    if not rows and identifier:
        return _nothing(identifier)
    publisher = connect(bus_url).publisher()
    try:
        for row in rows:
            put_back(database, publisher, row)
    finally:
        publisher.close()
    print(f"{len(rows)} replayed")
    return 0


def message_of(row: Row[Any]) -> Message:
    """The message that was parked, as if it came for the first time."""
    headers = {name: value for name, value in row.headers.items() if name != ATTEMPT_HEADER}
    return Message(row.type, bytes(row.body), str(row.event_id or row.id), headers)


def put_back(database: Database, publisher: Publisher, row: Row[Any]) -> None:
    """Publish first, close afterwards: interrupted in between it is published again, and the inbox knows it."""
    publisher.publish([message_of(row)])
    _close(database, row.id, replayed_at=clock.now())


def _discard(database: Database, identifier: UUID, reason: str) -> int:
    if not _close(database, identifier, discarded_at=clock.now(), discard_reason=reason):
        return _nothing(identifier)
    print("1 discarded")
    return 0


def _close(database: Database, identifier: UUID, **values: Any) -> bool:
    def change(session: Session) -> bool:
        statement = (
            update(DEAD_LETTERS)
            .where(DEAD_LETTERS.c.id == identifier, *is_open())
            .values(**values)
            .returning(DEAD_LETTERS.c.id)
        )
        return session.execute(statement).first() is not None

    return database.run(change)


def is_open() -> tuple[Any, Any]:
    """The conditions of a dead letter that nobody has dealt with; an index serves them by `parked_at`."""
    return DEAD_LETTERS.c.replayed_at.is_(None), DEAD_LETTERS.c.discarded_at.is_(None)


def _minute(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%d %H:%M")


def _nothing(identifier: UUID) -> int:
    print(f"no open dead letter {identifier} that this can be done to", file=sys.stderr)
    return 1
