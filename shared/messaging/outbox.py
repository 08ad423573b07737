"""What a command uses to tell the others: one row, in the transaction of the change."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, insert

from shared import clock, logs
from shared.contracts.envelope import contract_of, to_data
from shared.database.session import Session
from shared.errors import Unavailable
from shared.ids import new_id
from shared.keys.bus import NoBusKey
from shared.messaging.tables import OUTBOX


def add(session: Session, event: Any) -> UUID:
    """Insert the outbox row of `event`; returns the event's id. The relay is woken when the transaction commits.

    Raises `Unavailable` when something in it is to be sealed and the bus key is not here.
    """
    contract = contract_of(type(event))
    try:
        data = to_data(event)
    except NoBusKey as error:
        logs.get().error("no_bus_key", type=contract.type)
        raise Unavailable() from error
    event_id = new_id()
    now = clock.now()
    session.execute(
        insert(OUTBOX).values(
            id=event_id,
            organization_id=event.organization_id,
            type=contract.type,
            aggregate_id=getattr(event, contract.aggregate),
            aggregate_version=getattr(event, contract.version),
            data=data,
            correlation_id=logs.correlation_id.get(),
            causation_id=session.causation_id,
            occurred_at=now,
            awaiting=list(contract.consumers),
            next_try_at=func.now(),  # the relay compares with the database's clock
        )
    )
    return event_id
