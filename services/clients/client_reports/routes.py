"""The endpoints of reports about clients."""

from __future__ import annotations

from typing import Any

from services.clients.client_reports import queries
from services.clients.client_reports.rules import OwnColumn
from services.clients.client_reports.schemas import (
    BirthdaysQuery,
    BirthdaysReport,
    ClientReportQuery,
    NoConsentQuery,
    NoConsentReport,
    WaitingReport,
)
from services.clients.copies.queries import practice_today
from shared.actor import Caller
from shared.database.session import Session
from shared.web.reports import STREAMS, present
from shared.web.routes import Route, Streamed


def get_no_consent_report(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any] | Streamed:
    """Report: clients who did not agree to be reached by phone or by e-mail

    Clients with a phone, or an e-mail address, to which they said no or about which nobody asked them; of several the
    first one counts. Archived clients are left out. Who sees assigned clients only finds these alone. A file
    (`format`) holds every row; at most five files an hour. Each page and each part of a file leaves an entry that
    names whom it showed.
    """
    return present(session, actor, queries.no_consent(actor, query["channel"], _own(session, actor, query)), query)


def get_waiting_report(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any] | Streamed:
    """Report: the waiting list

    Prospective clients who wait, with what they wish for. Who sees assigned clients only finds these alone. A file
    (`format`) holds every row; at most five files an hour. Each page and each part of a file leaves an entry that
    names whom it showed.
    """
    return present(session, actor, queries.waiting(actor, _own(session, actor, query)), query)


def get_birthdays_report(session: Session, actor: Caller, query: dict[str, Any]) -> dict[str, Any] | Streamed:
    """Report: birthdays of a month

    Clients who were born in that month, by day, with the age that they reach this year. Archived clients are left out.
    Who sees assigned clients only finds these alone. A file (`format`) holds every row; at most five files an hour.
    Each page and each part of a file leaves an entry that names whom it showed.
    """
    today = practice_today(session, actor)
    own, month = _own(session, actor, query), query["month"] or today.month
    return present(session, actor, queries.birthdays(actor, month, today.year, own), query)


def _own(session: Session, actor: Caller, query: dict[str, Any]) -> list[OwnColumn]:
    return queries.own_columns(session, actor, query["custom"])


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
        query=ClientReportQuery,
        response=WaitingReport,
        streams=STREAMS,
        audit=queries.ACTION_WAITING,
        example={"limit": 20},
    ),
    Route(
        "GET",
        "/api/v1/reports/clients/birthdays",
        "client_reports:read",
        get_birthdays_report,
        query=BirthdaysQuery,
        response=BirthdaysReport,
        streams=STREAMS,
        audit=queries.ACTION_BIRTHDAYS,
        example={"month": 7, "limit": 20},
    ),
)
