"""Drafting a session again that nothing bills."""

from __future__ import annotations

from uuid import UUID

from services.billing.billed_services.queries import lock_billed_services_of
from services.billing.billed_services.rules import AlreadyBilled
from services.billing.client_accounts.queries import client_of_body
from services.billing.drafting.new_drafts import create_draft
from services.billing.drafts.queries import documented_last, last_line
from services.billing.invoices.models import Invoice
from services.billing.unbilled_sessions.rules import DraftWanted
from shared import audit
from shared.actor import Caller
from shared.database.session import Session
from shared.errors import NotFound


def draft_again(session: Session, actor: Caller, appointment_id: UUID, wanted: DraftWanted) -> Invoice:
    """Draft an invoice for what was documented last of a client's session, be it as somebody merged into them.

    Raises `Hidden` for an unknown client, `NotFound` for a session that was never drafted, `AlreadyBilled`.
    """
    members = client_of_body(session, actor, wanted.client_id).family
    found = lock_billed_services_of(session, actor, [(appointment_id, member) for member in members])
    key = next((key for member in members if (key := (appointment_id, member)) in found), None)
    if key is None:
        raise NotFound()
    if any(service.line_id is not None for service in found[key]):
        raise AlreadyBilled()
    line = last_line(session, actor, key)
    if line is None:
        raise NotFound()
    drafted = create_draft(session, actor, documented_last(session, actor, line, found[key]))
    if drafted is None:
        raise AlreadyBilled()
    audit.describe(session, client_id=drafted.client_id, object_id=drafted.id)
    return drafted
