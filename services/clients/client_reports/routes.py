"""The endpoints of reports about clients."""

from __future__ import annotations

from typing import Any

from services.clients.client_reports import queries
from services.clients.client_reports.schemas import NoConsentQuery, NoConsentReport, WaitingReport
from shared.actor import Caller
from shared.database.session import Session
from shared.web.reports import STREAMS, ReportQuery, present
from shared.web.routes import Route, Streamed


def get_no_consent_report(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any] | Streamed:
    """Report: clients who did not agree to be reached by phone or by e-mail

    Clients with a phone, or an e-mail address, to which they said no or about which nobody asked them; of several the
    first one counts. Archived clients are left out. Who sees assigned clients only finds these alone. A file
    (`format`) holds every row; at most five files an hour. Each page and each part of a file leaves an entry that
    names whom it showed.
    """
    return present(session, actor, queries.no_consent(actor, query["channel"]), query)


def get_waiting_report(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any] | Streamed:
    """Report: the waiting list

    Prospective clients who wait, with what they wish for. Who sees assigned clients only finds these alone. A file
    (`format`) holds every row; at most five files an hour. Each page and each part of a file leaves an entry that
    names whom it showed.
    """
    return present(session, actor, queries.waiting(actor), query)


ROUTES = (
    Route(
        "GET",
        "/api/v1/reports/clients/no-consent",
        "client_reports:read",
        get_no_consent_report,
        query=NoConsentQuery,
        response=NoConsentReport,
        streams=STREAMS,
        audit=queries.ACTION_NO_CONSENT,
        example={"channel": "email", "limit": 20},
    ),
    Route(
        "GET",
        "/api/v1/reports/clients/waiting",
        "client_reports:read",
        get_waiting_report,
        query=ReportQuery,
        response=WaitingReport,
        streams=STREAMS,
        audit=queries.ACTION_WAITING,
        example={"limit": 20},
    ),
)
