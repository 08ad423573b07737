"""What an appointment was billed with."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, bindparam, func, select
from sqlalchemy.dialects.postgresql import UUID as PgUUID

from services.billing.billed_services.models import BilledService
from shared.actor import Actor
from shared.database.connection import Statement
from shared.database.session import Session, take_turns, taking_turns

_BILLED: Final = b"""
SELECT b.appointment_id, b.client_id FROM billed_services b
JOIN unnest(%s::uuid[], %s::uuid[]) AS wanted (appointment_id, client_id) USING (appointment_id, client_id)
WHERE b.organization_id = %s ORDER BY b.appointment_id, b.client_id, b.code FOR UPDATE OF b
"""


def lock_billed_services(
    session: Session, actor: Actor, appointment_id: UUID, client_id: UUID
) -> Sequence[BilledService]:
    """What an appointment was billed to a client with, by code, locked until the transaction ends.

    Lock order: after the client's account and before the invoice.
    """
    key = (appointment_id, client_id)
    return lock_billed_services_of(session, actor, [key]).get(key, ())


def lock_billed_services_of(
    session: Session, actor: Actor, keys: Sequence[tuple[UUID, UUID]]
) -> dict[tuple[UUID, UUID], list[BilledService]]:
    """The same of many appointments and clients, in one order for everybody. What was never billed is not there.

    Each appointment and client is a turn of its own, taken before the rows are read: the transaction that had it may
    have billed another code, in a row that did not exist when this one began to wait.
    """
    take_turns(session, *_turns(actor.organization_id, keys))
    wanted = (
        func.unnest(
            bindparam("appointments", [key[0] for key in keys], ARRAY(PgUUID)),
            bindparam("clients", [key[1] for key in keys], ARRAY(PgUUID)),
        )
        .table_valued("appointment_id", "client_id")
        .render_derived(name="wanted")
    )
    rows = session.scalars(
        select(BilledService)
        .join(
            wanted,
            (BilledService.appointment_id == wanted.c.appointment_id) & (BilledService.client_id == wanted.c.client_id),
        )
        .where(BilledService.organization_id == actor.organization_id)
        .order_by(BilledService.appointment_id, BilledService.client_id, BilledService.code)
        .with_for_update(of=BilledService)
    )
    found: dict[tuple[UUID, UUID], list[BilledService]] = defaultdict(list)
    for row in rows:
        found[row.appointment_id, row.client_id].append(row)
    return found


def locking_reads(organization_id: UUID, keys: Sequence[tuple[UUID, UUID]]) -> list[Statement]:
    """The statements that lock the same, in the same order, for what is read ahead.

    The second finds which appointments and clients were ever billed.
    """
    appointments, clients = [key[0] for key in keys], [key[1] for key in keys]
    return [taking_turns(*_turns(organization_id, keys)), (_BILLED, [appointments, clients, organization_id])]


def _turns(organization_id: UUID, keys: Sequence[tuple[UUID, UUID]]) -> set[int]:
    return {_turn(organization_id, *key) for key in keys}


def _turn(organization_id: UUID, appointment_id: UUID, client_id: UUID) -> int:
    key = f"billed services {organization_id} {appointment_id} {client_id}"
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
