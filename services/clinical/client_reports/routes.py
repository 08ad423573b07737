"""The endpoints of reports about visits."""

from __future__ import annotations

from typing import Any

from services.clinical.client_reports import queries
from services.clinical.client_reports.schemas import ActiveClientsReport, ActiveQuery, NotSeenQuery, NotSeenReport
from shared.actor import Caller
from shared.database.session import Session
from shared.web.reports import STREAMS, present
from shared.web.routes import Route, Streamed


def get_not_seen_report(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any] | Streamed:
    """Report: active clients who were not seen for some days and have nothing booked

    Who never came stands in it too, once they are clients for that long. Who sees assigned clients only finds these
    alone. A file (`format`) holds every row; at most five files an hour. Each page and each part of a file leaves an
    entry that names whom it showed.
    """
    return present(session, actor, queries.not_seen(session, actor, query["days"]), query)


def get_active_clients_report(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any] | Streamed:
    """Report: active clients with their clinicians, last visit and next appointment

    `booked=nothing` leaves those for whom an appointment is to be made. Who sees assigned clients only finds these
    alone. A file (`format`) holds every row; at most five files an hour. Each page and each part of a file leaves an
    entry that names whom it showed.
    """
    return present(session, actor, queries.active(actor, query["booked"]), query)


ROUTES = (
    Route(
        "GET",
        "/api/v1/reports/clients/active",
        "client_reports:read",
        get_active_clients_report,
        query=ActiveQuery,
        response=ActiveClientsReport,
        streams=STREAMS,
        audit=queries.ACTION_ACTIVE,
        example={"booked": "nothing", "limit": 20},
    ),
    Route(
        "GET",
        "/api/v1/reports/clients/not-seen",
        "client_reports:read",
        get_not_seen_report,
        query=NotSeenQuery,
        response=NotSeenReport,
        streams=STREAMS,
        audit=queries.ACTION_NOT_SEEN,
        example={"days": 60, "limit": 20},
    ),
)
