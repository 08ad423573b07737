"""Keeping checkpoints, and printing them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert

from services.clients.audit_checkpoints.models import Checkpoint
from shared.database.session import Database, Session

PAGE_ROWS: Final = 1_000
Key = tuple[UUID, int, str]


def keep_checkpoint(session: Session, organization_id: UUID, seq: int, digest: str, at: datetime) -> None:
    """Write it down, once."""
    values = {"organization_id": organization_id, "seq": seq, "hash": digest, "at": at}
    session.execute(insert(Checkpoint).values(values).on_conflict_do_nothing())


def print_checkpoints(database: Database, arguments: Sequence[str]) -> int:
    """print where identity's audit trails stood, for verify-audit: JSON lines"""
    argparse.ArgumentParser(prog="python -m services.clients audit-checkpoints").parse_args(arguments)
    after: Key | None = None
    while rows := database.run(partial(_page, after=after)):
        for row in rows:
            print(json.dumps({"organization_id": str(row.organization_id), "seq": row.seq, "hash": row.hash}))
        after = (rows[-1].organization_id, rows[-1].seq, rows[-1].hash)
    return 0


def _page(session: Session, after: Key | None) -> Sequence[Checkpoint]:
    key = tuple_(Checkpoint.organization_id, Checkpoint.seq, Checkpoint.hash)
    statement = select(Checkpoint).order_by(*key).limit(PAGE_ROWS)
    return session.scalars(statement.where(key > after) if after else statement).all()
