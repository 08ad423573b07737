"""Adding many clients at once: what adding them one by one writes, in a few statements for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import inspect

from services.clients.addresses.models import ClientAddress
from services.clients.assignments.newcomers import assign_newcomers
from services.clients.profiles.addresses import first_row
from services.clients.profiles.indexing import changed, found_by
from services.clients.profiles.models import ARCHIVED, Client
from shared.actor import Caller
from shared.database.many_rows import insert_together
from shared.database.session import Session
from shared.messaging import outbox


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A client of `new_client`, to whom they are assigned, and whether they are archived at once."""

    client: Client
    staff_id: UUID | None = None
    archived: bool = False


def add_clients(session: Session, actor: Caller, newcomers: Sequence[Newcomer]) -> None:
    """Add clients of `new_client`, as `create_client`, `assign` and archiving do. `staff_id` may be assigned.

    The objects are of no session: their `id` and `version` are as they were written.
    """
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    events = []
    for each in newcomers:
        client = each.client
        events.append(changed(client))
        if each.archived:
            status, client.status = client.status, ARCHIVED
            client.was(status)
            client.waiting_since = None
            client.version += 1
            events.append(changed(client))
        rows[Client.__tablename__].append(_row(client))
        for table, of_table in found_by(client).items():
            rows[table] += of_table
        if client.address is not None:
            rows[ClientAddress.__tablename__].append(first_row(client, actor.actor_id))
    insert_together(session, rows)
    outbox.add_all(session, events)
    pairs = [(each.client.id, each.staff_id) for each in newcomers if each.staff_id is not None]
    if actor.sees_assigned_only:
        pairs += [(each.client.id, actor.staff_id) for each in newcomers if each.staff_id != actor.staff_id]
    assign_newcomers(session, actor, pairs)


def _row(client: Client) -> dict[str, Any]:
    """By column; what PostgreSQL gives by itself is left out."""
    given = {**client.__dict__, "sort_key": client.sort_key_of_names}
    return {column: given.get(name) for column, name, by_database in _COLUMNS if not by_database or name in given}


_COLUMNS: Final = [
    (str(column.name), inspect(Client).get_property_by_column(column).key, column.server_default is not None)
    for column in Client.__table__.columns
]
