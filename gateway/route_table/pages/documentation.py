"""Pages of documentation: notes, the intake of a client, treatment plans."""

from __future__ import annotations

from typing import Final

from gateway.route_table.pages.clients import CHART
from gateway.route_table.pages.kinds import page
from gateway.route_table.row import Row
from shared.web.limits import NOTE_BYTES_MAX

# What the page of one note asks. The first row says who has it.
_NOTE: Final = (
    "GET /notes/{note_id}",
    "GET /clients/{client_id}",
    "GET /appointments/{appointment_id}",
    "GET /cases/{case_id}/diagnoses",
    "GET /cases/{case_id}/notes",
    "GET /cases/{case_id}/goals",
    "GET /service-types",
    "GET /staff/{staff_id}",
    "GET /worklist",
    "POST /invoices/lookup",
    "GET /appointments/{appointment_id}/history",
    "GET /audit/entries",
)
_PROVES: Final = ("POST /sessions/current/authenticate", *_NOTE)

_INTAKE: Final = (
    "GET /clients/{client_id}/cases",
    "GET /clients/{client_id}",
    "GET /cases/{case_id}/diagnoses",
    "GET /cases/{case_id}/treatment-plans",
)
_CASES: Final = (
    "GET /clients/{client_id}/cases",
    "GET /cases/{case_id}/notes",
    "GET /cases/{case_id}/diagnoses",
    "GET /cases/{case_id}/status/history",
    "GET /service-types",
    "GET /staff/{staff_id}",
    *CHART,
)

DOCUMENTATION: Final[tuple[Row, ...]] = (
    page(
        "GET",
        "/notes",
        "GET /worklist",
        "GET /orphan-drafts",
        "GET /former-notes",
        "POST /clients/lookup",
        "GET /staff",
    ),
    page(
        "GET",
        "/notes/all",
        "GET /notes",
        "GET /worklist",
        "GET /service-types",
        "GET /staff",
        "GET /staff/{staff_id}",
        "POST /clients/lookup",
    ),
    page(
        "POST",
        "/notes/new",
        "POST /appointments/{appointment_id}/notes",
        "POST /cases",
        "GET /clients/{client_id}/cases",
        "GET /cases/{case_id}/notes",
    ),
    page("GET", "/notes/{note_id}", *_NOTE),
    page("POST", "/notes/{note_id}", "PATCH /notes/{note_id}", *_NOTE, body_bytes_max=NOTE_BYTES_MAX),
    page("POST", "/notes/{note_id}/format", "PATCH /notes/{note_id}", *_NOTE),
    page("POST", "/notes/{note_id}/copy-forward", "PATCH /notes/{note_id}", *_NOTE),
    page(
        "POST",
        "/notes/{note_id}/draft",
        "PATCH /notes/{note_id}",
        "GET /notes/{note_id}",
        "GET /appointments/{appointment_id}",
        body_bytes_max=NOTE_BYTES_MAX,
    ),
    page("POST", "/notes/{note_id}/attendance", "POST /appointments/{appointment_id}/status", "GET /notes/{note_id}"),
    page("GET", "/notes/{note_id}/invoice", "POST /invoices/lookup", "GET /notes/{note_id}"),
    *(
        page("POST", f"/notes/{{note_id}}/{verb}", f"POST /notes/{{note_id}}/{verb}", *asks)
        for verb, asks in (
            ("sign", _PROVES),
            ("submit", _PROVES),
            ("approve", _PROVES),
            ("co-sign", _PROVES),
            ("withdraw", _NOTE),
            ("return", _NOTE),
            ("reopen", _NOTE),
            ("discard", _NOTE),
            ("take-over", _NOTE),
        )
    ),
    page("POST", "/notes/{note_id}/addenda", "POST /notes/{note_id}/addenda", *_NOTE, body_bytes_max=NOTE_BYTES_MAX),
    page("GET", "/notes/{note_id}/amend", "POST /notes/{note_id}/amendments", *_NOTE),
    page("POST", "/notes/{note_id}/amend", "POST /notes/{note_id}/amendments", *_NOTE, body_bytes_max=NOTE_BYTES_MAX),
    # in the chart
    page("GET", "/clients/{client_id}/cases", *_CASES),
    page("POST", "/clients/{client_id}/cases", "POST /cases", *_CASES),
    page("POST", "/clients/{client_id}/cases/{case_id}/find", "POST /cases/{case_id}/notes/search", *_CASES),
    page("POST", "/clients/{client_id}/cases/{case_id}/close", "PATCH /cases/{case_id}", *_CASES),
    page("POST", "/clients/{client_id}/cases/{case_id}/reopen", "PATCH /cases/{case_id}", *_CASES),
    *(
        page(
            "POST",
            f"/clients/{{client_id}}/cases/{{case_id}}/diagnoses/{{diagnosis_id}}/{what}",
            "PATCH /cases/{case_id}/diagnoses/{diagnosis_id}",
            *_CASES,
        )
        for what in ("rank", "end", "error")
    ),
    page(
        "GET",
        "/clients/{client_id}/plan",
        "GET /cases/{case_id}/treatment-plans",
        "GET /cases/{case_id}/goals",
        "GET /clients/{client_id}/cases",
        "GET /staff",
        *CHART,
    ),
    page(
        "GET",
        "/clients/{client_id}/plan/{plan_id}/changes",
        "GET /treatment-plans/{plan_id}",
        "GET /cases/{case_id}/treatment-plans",
        "GET /clients/{client_id}/cases",
        *CHART,
    ),
    page("POST", "/clients/{client_id}/plan/{plan_id}/discard", "POST /treatment-plans/{plan_id}/discard"),
    # the intake of a client
    *(
        page(method, f"/intake/{{client_id}}{path}", *asks, *_INTAKE)
        for method, path, asks in (
            ("GET", "", ("POST /cases/{case_id}/diagnoses",)),
            ("POST", "/case", ("POST /cases",)),
            ("GET", "/diagnosis", ("POST /cases/{case_id}/diagnoses",)),
            ("POST", "/diagnosis", ("POST /cases/{case_id}/diagnoses",)),
            ("GET", "/plan", ("POST /cases/{case_id}/treatment-plans",)),
            ("POST", "/plan", ("POST /cases/{case_id}/treatment-plans", "PATCH /treatment-plans/{plan_id}")),
            ("GET", "/review", ("POST /treatment-plans/{plan_id}/sign", "GET /staff")),
            ("POST", "/review", ("POST /treatment-plans/{plan_id}/sign", "GET /staff")),
        )
    ),
    page("POST", "/intake/{client_id}/diagnosis/find", "GET /diagnosis-codes"),
)
