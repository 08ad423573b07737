"""Handing the key of a service to the line that bills it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from services.billing.billed_services.models import BilledService
from services.billing.billed_services.rules import AlreadyBilled
from services.billing.charges.models import PricedService
from shared.actor import Actor
from shared.database.many_rows import insert_rows
from shared.database.session import Session

_UNLESS_BILLED: Final = (
    "(organization_id, appointment_id, client_id, code) DO UPDATE"
    " SET line_id = excluded.line_id, documented_version = excluded.documented_version"
    " WHERE billed_services.line_id IS NULL"
)


def bill_first(session: Session, lines: Sequence[Mapping[str, Any]]) -> None:
    """Let each of these lines bill what nothing bills yet. `lines`: their columns, `id` among them.

    One statement decides, so that of two transactions at once one waits for the other; in one order for everybody.
    Raises `AlreadyBilled` when another line bills one of the services.
    """
    keys, table = rows_of(lines), BilledService.__tablename__
    if len(insert_rows(session, table, keys, on_conflict=_UNLESS_BILLED, returning="line_id")) < len(keys):
        raise AlreadyBilled()


def rows_of(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows that say that these lines bill their services, in one order for everybody."""
    columns = ("organization_id", "appointment_id", "client_id", "code", "documented_version")
    rows = [{**{name: line[name] for name in columns}, "line_id": line["id"]} for line in lines]
    return sorted(rows, key=lambda row: (row["appointment_id"], row["client_id"], row["code"]))


def bill_instead(session: Session, actor: Actor, former: UUID, line_id: UUID, priced: PricedService) -> None:
    """Let the line `line_id` bill what `priced` says, and nothing else, instead of the line `former`.

    `former` is the line that it replaces, or itself when its code may have changed. Raises `AlreadyBilled` when a third
    line bills the service.
    """
    _give_back_other_codes(session, actor, former, priced.code)
    statement = insert(BilledService).values(
        organization_id=actor.organization_id,
        appointment_id=priced.appointment_id,
        client_id=priced.client_id,
        code=priced.code,
        line_id=line_id,
        documented_version=priced.documented_version,
    )
    held = session.execute(
        statement.on_conflict_do_update(
            index_elements=["organization_id", "appointment_id", "client_id", "code"],
            set_={name: statement.excluded[name] for name in ("line_id", "documented_version")},
            where=BilledService.line_id.is_(None) | (BilledService.line_id == former),
        ).returning(BilledService.line_id)
    ).first()
    if held is None:
        raise AlreadyBilled()


def _give_back_other_codes(session: Session, actor: Actor, line_id: UUID, code: str) -> None:
    session.execute(
        update(BilledService)
        .where(
            BilledService.organization_id == actor.organization_id,
            BilledService.line_id == line_id,
            BilledService.code != code,
        )
        .values(line_id=None)
        .execution_options(synchronize_session=False)
    )
