"""Which documented sessions nothing bills, and what was documented of them last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, tuple_
from sqlalchemy.orm import aliased

from services.billing.billed_services.models import BilledService
from services.billing.charges.models import DocumentedService
from services.billing.client_accounts.queries import may_see
from services.billing.invoices import queries as invoices
from services.billing.invoices.models import Invoice
from services.billing.unbilled_sessions.rules import UnbilledSession
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import NotFound
from shared.web.paging import paginate

Key = tuple[UUID, UUID]  # an appointment and a client


def list_unbilled(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """A page of the sessions that nothing bills, as their appointments were booked.

    Served by `ix_billed_services_unbilled`.
    """
    other = aliased(BilledService)
    statement = (
        select(BilledService.appointment_id, BilledService.client_id)
        .where(
            BilledService.organization_id == actor.organization_id,
            BilledService.line_id.is_(None),
            ~exists().where(
                other.organization_id == BilledService.organization_id,
                other.appointment_id == BilledService.appointment_id,
                other.client_id == BilledService.client_id,
                other.line_id.is_not(None),
            ),
        )
        .distinct()
    )
    if query["client_id"] is not None:
        statement = statement.where(BilledService.client_id == query["client_id"])
    if (narrowed := may_see(actor, BilledService.client_id)) is not None:
        statement = statement.where(narrowed)
    keys = [BilledService.appointment_id, BilledService.client_id]
    page = paginate(session, statement, keys, limit=query["limit"], cursor=query["cursor"], scalars=False)
    return {**page, "items": _shown(session, actor, [(row[0], row[1]) for row in page["items"]])}


def documented_last(session: Session, actor: Caller, key: Key, billed: Sequence[BilledService]) -> DocumentedService:
    """What was documented last of a session that nothing bills, of which `billed` is locked; raises `NotFound`."""
    last = _last_invoices(session, actor, [key]).get(key)
    if last is None:
        raise NotFound()
    documented = [_line_of(session, actor, last), *_withdrawn(session, actor, last)][-1]
    return replace(documented, version=max(one.documented_version for one in billed))


def _shown(session: Session, actor: Caller, keys: Sequence[Key]) -> list[UnbilledSession]:
    last = _last_invoices(session, actor, keys)
    dates = {
        line.invoice_id: line.service_date
        for lines in (
            invoices.draft_lines(session, actor, *(one.id for one in last.values() if one.number is None)),
            invoices.lines_in_force(session, actor, [one.id for one in last.values() if one.number is not None]),
        )
        for line in lines
    }
    return [
        UnbilledSession(*key, dates[one.id], one.id, one.void_reason or "", one.voided_on)
        for key in keys
        if (one := last.get(key)) is not None and one.voided_on is not None
    ]


def _last_invoices(session: Session, actor: Caller, keys: Sequence[Key]) -> dict[Key, Invoice]:
    """The last invoice of each appointment and client, by `ix_invoices_appointment`."""
    rows = session.scalars(
        select(Invoice)
        .where(
            Invoice.organization_id == actor.organization_id,
            tuple_(Invoice.appointment_id, Invoice.client_id).in_(keys),
        )
        .order_by(Invoice.id)
    )
    return {(one.appointment_id, one.client_id): one for one in rows}


def _line_of(session: Session, actor: Caller, last: Invoice) -> DocumentedService:
    if last.number is None:
        return invoices.draft_lines(session, actor, last.id)[0].documented
    return invoices.lines_in_force(session, actor, [last.id])[0].documented


def _withdrawn(session: Session, actor: Caller, last: Invoice) -> list[DocumentedService]:
    """What amendments said that went with their invoice."""
    amendments = invoices.amendments(session, actor, [last.id])
    return [one.documented for one in amendments if one.state == "withdrawn"]
