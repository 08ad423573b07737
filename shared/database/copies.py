"""Copies of another service's facts: upserted by version, so that order and repetition of events do not matter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, inspect
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm.util import identity_key

from shared.database.session import Session


def keep_newest(session: Session, model: type, **values: Any) -> bool:
    """Insert `values`, or overwrite the row with the same key if its `version` is lower; returns whether it changed.

    The table needs a `version` column. One statement, so two consumers cannot overtake each other in between. What the
    session has read of the row before is read anew.
    """
    table: Table = inspect(model).local_table
    keys = [column.name for column in table.primary_key]
    statement = insert(table).values(**values)
    changed = session.execute(
        statement.on_conflict_do_update(
            index_elements=keys,
            set_={name: statement.excluded[name] for name in values if name not in keys},
            where=table.c.version < statement.excluded.version,
        ).returning(table.c.version)
    ).first()
    read_before = session.identity_map.get(identity_key(model, tuple(values[key] for key in keys)))
    if read_before is not None:
        session.expire(read_before)
    return changed is not None


def hold(session: Session, copy: object) -> None:
    """Read a copy anew, and let no event change it before this transaction ends.

    For what is decided by a copy and then written: an event that changes the copy, and one after it that acts on all
    that is written by then, such as work that is handed over, come wholly before it or wholly after it. It is a lock,
    so it comes after all that may wait for an event.
    """
    session.refresh(copy, with_for_update={"read": True})
