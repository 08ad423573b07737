"""The endpoints of the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from services.identity.audit_trail import commands, queries
from services.identity.audit_trail.models import TrailEntry
from services.identity.audit_trail.schemas import Denials, TrailFilter, TrailPage, TrailQuery
from shared.actor import Caller
from shared.database.session import Session
from shared.spreadsheets.tabular import csv_lines
from shared.web.routes import INTERNAL, ResponseWith, Route, Run, Streamed

_COLUMNS = (
    "seq",
    "at",
    "service",
    "action",
    "outcome",
    "actor_id",
    "client_id",
    "client_ids",
    "object_id",
    "rule",
    "network",
    "request_id",
    "session_id",
)


def get_audit_entries(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Read the audit trail: who did, saw or was refused what

    Latest first. Looking into the trail leaves an entry too.
    """
    limit, cursor = query.pop("limit"), query.pop("cursor")
    commands.note_filters(session, query)
    return queries.trail_page(session, actor, query, limit, cursor)


def get_audit_export(session: Session, actor: Caller, query: dict[str, Any]) -> Streamed:
    """Export the audit trail as CSV, oldest first

    Answers every entry that fits, however many there are. At most five exports an hour; each leaves an entry.
    """
    queries.ensure_may_export(session, actor)
    commands.note_filters(session, query)

    def content(run: Run) -> Iterator[bytes]:
        yield csv_lines([("seq", "at", "service", "action", "outcome", "staff_id", *_COLUMNS[6:], "details", "hash")])
        for page in queries.whole_trail(run, actor, query):
            yield csv_lines(
                (
                    *(_cell(entry, column) for column in _COLUMNS),
                    orjson.dumps(entry.details, option=orjson.OPT_SORT_KEYS).decode() if entry.details else None,
                    entry.hash.hex(),
                )
                for entry in page
            )

    return Streamed("text/csv; charset=utf-8", "audit-trail.csv", content)


def _cell(entry: TrailEntry, column: str) -> Any:
    """Several clients stand in one cell, with spaces between them."""
    value = getattr(entry, column)
    return " ".join(map(str, value)) if column == "client_ids" else value


def post_denials(session: Session, actor: None, body: dict[str, Any]) -> ResponseWith:
    """What the gateway refused"""
    commands.record_denials(session, body["denials"])
    return ResponseWith(None, status=204)


ROUTES = (
    Route(
        "GET",
        "/api/v1/audit/entries",
        "audit:read",
        get_audit_entries,
        query=TrailQuery,
        response=TrailPage,
        audit="audit_trail.read",
        example={"action": "client.read", "limit": 20},
    ),
    Route(
        "GET",
        "/api/v1/audit/export",
        "audit:export",
        get_audit_export,
        query=TrailFilter,
        streams=("text/csv",),
        audit=queries.EXPORT_ACTION,
        example={"from": "2026-09-01T00:00:00Z", "to": "2026-10-01T00:00:00Z"},
    ),
    Route("POST", "/internal/audit/denials", INTERNAL, post_denials, body=Denials, status=204),
)
