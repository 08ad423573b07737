"""What a command uses to tell the others: a row of each event, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from shared import clock, logs
from shared.contracts.envelope import contract_of, to_data
from shared.database.many_rows import insert_along
from shared.database.session import Session
from shared.errors import Unavailable
from shared.ids import new_id
from shared.keys.key_folder import NoKeyFile
from shared.messaging.tables import OUTBOX


def add(session: Session, event: Any) -> UUID:
    """Insert the outbox row of `event` together with COMMIT, which wakes the relay; returns the id of the event.

    Raises `Unavailable` when something in it is to be sealed and the bus key is not here.
    """
    row = _row(session, event)
    _insert(session, [row])
    return UUID(str(row["id"]))


def add_all(session: Session, events: Iterable[Any]) -> None:
    """Insert the outbox rows of several events in one statement, as `add` does of one. Raises `Unavailable`."""
    _insert(session, [_row(session, event) for event in events])


def _row(session: Session, event: Any) -> dict[str, Any]:
    contract = contract_of(type(event))
    try:
        data = to_data(event)
    except NoKeyFile as error:
        logs.get().error("no_bus_key", type=contract.type)
        raise Unavailable() from error
    return {
        "id": new_id(),
        "organization_id": event.organization_id,
        "type": contract.type,
        "aggregate_id": getattr(event, contract.aggregate),
        "aggregate_version": getattr(event, contract.version),
        "data": data,
        "correlation_id": logs.correlation_id.get(),
        "causation_id": session.causation_id,
        "occurred_at": clock.now(),
        "awaiting": list(contract.consumers),
        "attempts": 0,
    }


def _insert(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    insert_along(session, OUTBOX.name, rows, next_try_at="now()")  # the relay compares with this clock
