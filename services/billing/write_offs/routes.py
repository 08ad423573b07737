"""The endpoints of write-offs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.billing.write_offs import commands, queries
from services.billing.write_offs.models import WriteOff
from services.billing.write_offs.rules import Reversal, WriteOffFacts
from services.billing.write_offs.schemas import (
    NewWriteOff,
    ReverseWriteOff,
    WriteOffSchema,
    WriteOffsPage,
    WriteOffsQuery,
)
from shared.actor import Caller, Person
from shared.database.session import Session
from shared.web.routes import Route


def post_write_off(session: Session, actor: Person, invoice_id: UUID, body: WriteOffFacts) -> WriteOff:
    """Write off a part of an invoice

    The client no longer owes it. Billing writes off up to the practice's limit for each invoice, which is nothing until
    the practice sets `write_off_limit_cents`; Administration writes off more.
    """
    return commands.write_off(session, actor, invoice_id, body)


def get_write_offs(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """List write-offs

    Newest first: who gave up how much of which invoice, and why. Those that were reversed are among them.
    """
    return queries.list_write_offs(session, actor, query)


def get_write_off(session: Session, actor: Caller, write_off_id: UUID) -> WriteOff:
    """Show a write-off

    Shows how much was given up, why, and whether it was reversed.
    """
    return queries.one_write_off(session, actor, write_off_id)


def post_write_off_reverse(session: Session, actor: Person, write_off_id: UUID, body: Reversal) -> WriteOff:
    """Reverse a write-off

    The client owes it again, by an entry of today.
    """
    return commands.reverse_write_off(session, actor, write_off_id, body)


ROUTES = (
    Route(
        "POST",
        "/api/v1/invoices/{invoice_id}/write-offs",
        "write_offs:create",
        post_write_off,
        body=NewWriteOff,
        response=WriteOffSchema,
        status=201,
        makes="/api/v1/write-offs/{write_off_id}",
        example={"amount_cents": 300, "kind": "small_balance", "reason": "Left over after the insurer paid."},
    ),
    Route(
        "GET",
        "/api/v1/write-offs",
        "invoices:read",
        get_write_offs,
        query=WriteOffsQuery,
        response=WriteOffsPage,
        audit="write_offs.read",
    ),
    Route(
        "GET",
        "/api/v1/write-offs/{write_off_id}",
        "invoices:read",
        get_write_off,
        response=WriteOffSchema,
        audit="write_off.read",
    ),
    Route(
        "POST",
        "/api/v1/write-offs/{write_off_id}/reverse",
        "write_offs:create",
        post_write_off_reverse,
        body=ReverseWriteOff,
        response=WriteOffSchema,
        example={"reason": "The client pays after all."},
    ),
)
