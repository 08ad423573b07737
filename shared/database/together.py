"""Rows of several tables by their keys, in one statement: `session.get` then finds each without a query of its own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, inspect, literal_column, select

from shared.database.session import Session

STATEMENTS_KEPT: Final = 64
RowKey: TypeAlias = UUID | tuple[UUID, ...]  # the primary key, as `session.get` takes it


def read_together(session: Session, wanted: Mapping[type[Any], RowKey]) -> None:
    """Read one row of each of these models, and hold them until the session ends.

    For rows that are surely asked for next. One that is not there is asked for again by who needs it, so whether it is
    waited for, and how it is refused, stays as it was.
    """
    wanted = {model: key for model, key in wanted.items() if not _is_at_hand(session, model, key)}
    if not wanted:
        return
    parameters = {
        _name(at, part): value
        for at, key in enumerate(wanted.values())
        for part, value in enumerate(key if isinstance(key, tuple) else (key,))
    }
    for row in session.execute(_statement(tuple(wanted)), parameters):
        for found in row:
            session.keep(found)


def _is_at_hand(session: Session, model: type[Any], key: RowKey) -> bool:
    return session.identity_key(model, key) in session.identity_map


@lru_cache(maxsize=STATEMENTS_KEPT)
def _statement(models: tuple[type[Any], ...]) -> Select[*tuple[Any, ...]]:
    """Always one row: what is not there is null in it."""
    always = select(literal_column("1")).subquery("one_row")
    statement: Select[*tuple[Any, ...]] = select(*models).select_from(always)
    for at, model in enumerate(models):
        by_key = (column == bindparam(_name(at, part)) for part, column in enumerate(inspect(model).primary_key))
        statement = statement.outerjoin(model, and_(*by_key))
    return statement


def _name(at: int, part: int) -> str:
    return f"key_{at}_{part}"
