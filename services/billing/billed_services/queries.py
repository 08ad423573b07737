"""What an appointment was billed with."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, bindparam, func, select
from sqlalchemy.dialects.postgresql import UUID as PgUUID

from services.billing.billed_services.models import BilledService
from shared.actor import Actor
from shared.database.session import Session, take_turns


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
    take_turns(session, *{_turn(actor.organization_id, *key) for key in keys})
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


def _turn(organization_id: UUID, appointment_id: UUID, client_id: UUID) -> int:
    key = f"billed services {organization_id} {appointment_id} {client_id}"
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)
