"""Pages of money: invoices, payments, the ledger of a client."""

from __future__ import annotations

from typing import Final

from gateway.route_table.pages.clients import CHART
from gateway.route_table.pages.kinds import page
from gateway.route_table.row import Row

_LIST: Final = ("GET /invoices", "GET /invoices/counts", "GET /unbilled-sessions")
_UNBILLED: Final = ("GET /unbilled-sessions",)
# What one invoice shows: itself, and what stands beside it.
_INVOICE: Final = (
    "GET /invoices/{invoice_id}",
    "GET /clients/{client_id}",
    "GET /clients/{client_id}/ledger",
    "GET /invoices",
    "GET /payments",
    "GET /service-types",
    "GET /staff",
    "GET /write-offs",
)

_LEDGER: Final = (
    "GET /clients/{client_id}/ledger",
    "GET /invoices",
    "GET /payments",
    "GET /unbilled-sessions",
    *CHART,
)
_NEW_PAYMENT: Final = ("POST /payments", "GET /clients/{client_id}", "GET /invoices", "GET /payments")
_PAYMENT: Final = (
    "GET /payments/{payment_id}",
    "GET /clients/{client_id}",
    "GET /organization",
    "GET /staff",
    "GET /invoices",
    "GET /invoices/{invoice_id}",
)

BILLING: Final[tuple[Row, ...]] = (
    page("GET", "/invoices", *_LIST),
    page("POST", "/invoices/issue", "POST /invoices/{invoice_id}/issue", *_LIST),
    page("GET", "/invoices/unbilled", *_UNBILLED),
    page("POST", "/invoices/unbilled/{appointment_id}", "POST /appointments/{appointment_id}/draft-invoice"),
    *(
        page(method, f"/invoices/{{invoice_id}}{path}", *asks, *_INVOICE)
        for method, path, asks in (
            ("GET", "", ()),
            ("POST", "", ("PATCH /invoices/{invoice_id}",)),
            ("POST", "/issue", ("POST /invoices/{invoice_id}/issue",)),
            ("POST", "/void", ("POST /invoices/{invoice_id}/void",)),
            ("POST", "/credit", ("POST /invoices/{invoice_id}/apply-credit",)),
            ("POST", "/write-offs", ("POST /invoices/{invoice_id}/write-offs",)),
            ("POST", "/write-offs/{write_off_id}/reverse", ("POST /write-offs/{write_off_id}/reverse",)),
            (
                "POST",
                "/amendments/{amendment_id}",
                ("POST /invoices/{invoice_id}/amendments/{amendment_id}/accept",),
            ),
        )
    ),
    page("GET", "/clients/{client_id}/ledger", *_LEDGER),
    page("GET", "/clients/{client_id}/ledger/file", "GET /clients/{client_id}/ledger"),
    page("GET", "/payments", "GET /payments", "GET /payments/by-day"),
    page("GET", "/payments/new", *_NEW_PAYMENT),
    page("POST", "/payments/new", *_NEW_PAYMENT),
    page("POST", "/payments/new/client", "POST /payments", "POST /clients/search"),
    page("GET", "/payments/{payment_id}", *_PAYMENT),
    page("POST", "/payments/{payment_id}/refund", "POST /payments/{payment_id}/refunds", *_PAYMENT),
    page("POST", "/payments/{payment_id}/void", "POST /payments/{payment_id}/void", *_PAYMENT),
    page("POST", "/payments/{payment_id}/bounce", "POST /payments/{payment_id}/bounce", *_PAYMENT),
)
