"""Collections of a row that are mostly empty: one statement finds out which, in place of one for each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import InstrumentedAttribute, with_parent
from sqlalchemy.orm.attributes import set_committed_value

from shared.database.session import Session


def know_the_empty(session: Session, row: object, *collections: InstrumentedAttribute[list[Any]]) -> None:
    """Set those collections of the row that are empty, in one statement; the others are read when they are asked for.

    Everybody who adds to them locks the row before; so does the caller.
    """
    found = session.execute(select(*(exists().where(with_parent(row, each)) for each in collections))).one()
    for each, is_there in zip(collections, found, strict=True):
        if not is_there:
            set_committed_value(row, each.key, [])
