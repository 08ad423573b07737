"""Which documented sessions nothing bills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from services.billing.billed_services.models import BilledService
from services.billing.client_accounts.queries import each_of, family_of, may_see
from services.billing.copies.queries import client_names
from services.billing.drafts.queries import Key, last_invoices
from services.billing.invoices import queries as invoices
from services.billing.unbilled_sessions.rules import UnbilledSession
from shared.actor import Caller
from shared.database.session import Session
from shared.web.paging import paginate


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
    branches: Sequence[ColumnElement[bool]] = ()
    if query["client_id"] is not None:
        branches = each_of(BilledService.client_id, family_of(session, actor, query["client_id"]))
    if (narrowed := may_see(actor, BilledService.client_id)) is not None:
        statement = statement.where(narrowed)
    keys = [BilledService.appointment_id, BilledService.client_id]
    page = paginate(
        session,
        statement,
        keys,
        limit=query["limit"],
        cursor=query["cursor"],
        scalars=False,
        branches=branches,
    )
    return {**page, "items": _shown(session, actor, [(row[0], row[1]) for row in page["items"]])}


def _shown(session: Session, actor: Caller, keys: Sequence[Key]) -> list[UnbilledSession]:
    names = client_names(session, actor, {client_id for _, client_id in keys})
    last = last_invoices(session, actor, keys)
    dates = {
        line.invoice_id: line.service_date
        for lines in (
            invoices.draft_lines(session, actor, *(invoice.id for invoice in last.values() if invoice.number is None)),
            invoices.lines_in_force(
                session, actor, [invoice.id for invoice in last.values() if invoice.number is not None]
            ),
        )
        for line in lines
    }
    return [
        UnbilledSession(*key, names.get(key[1]), dates[row.id], row.id, row.void_reason or "", row.voided_on)
        for key in keys
        if (row := last.get(key)) is not None and row.voided_on is not None
    ]
