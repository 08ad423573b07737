"""How often somebody may take a whole list along as a file."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select, true

from shared import clock
from shared.actor import Caller
from shared.audit_tables import AUDIT_ENTRIES
from shared.database.session import Session, take_turns
from shared.errors import TooMany

EXPORTS_PER_HOUR: Final = 5


def ensure_may_export(session: Session, actor: Caller, action: str, such: ColumnElement[bool] | None = None) -> None:
    """Raises `TooMany` after five exports within an hour. One after the other: the next sees the entry of this one.

    An export is an entry of this action; `such` where the action is of other things too.
    """
    key = int.from_bytes(actor.actor_id.bytes[-8:], "big", signed=True)
    take_turns(session, key)
    entries = AUDIT_ENTRIES
    statement = select(func.count()).where(
        entries.c.organization_id == actor.organization_id,
        entries.c.actor_id == actor.actor_id,
        entries.c.action == action,
        entries.c.outcome == "done",
        entries.c.at > clock.now() - timedelta(hours=1),
        true() if such is None else such,
    )
    if (session.scalar(statement) or 0) >= EXPORTS_PER_HOUR:
        raise TooMany(
            f"At most {EXPORTS_PER_HOUR} exports within an hour.",
            retry_after_seconds=600,
        )
