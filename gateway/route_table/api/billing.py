"""Rows of billing: services and their rates, invoices, payments, the ledger."""

from __future__ import annotations

from typing import Final

from gateway.route_table.row import Row

BILLING: Final[tuple[Row, ...]] = (
    Row("POST", "/service-types", "billing", "service_types:create", "post_service_type"),
    Row("GET", "/service-types", "billing", "service_types:read", "get_service_types"),
    Row("GET", "/service-types/{service_type_id}", "billing", "service_types:read", "get_service_type"),
    Row("PATCH", "/service-types/{service_type_id}", "billing", "service_types:update", "patch_service_type"),
    Row("POST", "/service-types/{service_type_id}/rates", "billing", "service_types:update", "post_rate"),
    Row(
        "POST",
        "/service-types/{service_type_id}/units-preview",
        "billing",
        "service_types:read",
        "charge.preview",
    ),
    Row("GET", "/invoices", "billing", "invoices:read", "invoices.read"),
    Row("GET", "/invoices/counts", "billing", "invoices:read", "invoices.count"),
    Row("POST", "/invoices/lookup", "billing", "invoices:read", "invoices.lookup"),
    Row("GET", "/invoices/{invoice_id}", "billing", "invoices:read", "invoice.read"),
    Row("PATCH", "/invoices/{invoice_id}", "billing", "invoices:update", "patch_invoice"),
    Row("POST", "/invoices/{invoice_id}/issue", "billing", "invoices:issue", "post_invoice_issue"),
    Row("POST", "/invoices/{invoice_id}/void", "billing", "invoices:void", "post_invoice_void"),
    Row("POST", "/invoices/{invoice_id}/apply-credit", "billing", "credit:apply", "post_credit"),
    Row(
        "POST",
        "/invoices/{invoice_id}/amendments/{amendment_id}/accept",
        "billing",
        "invoices:update",
        "post_amendment_accept",
    ),
    Row("POST", "/payments", "billing", "payments:create", "post_payment"),
    Row("GET", "/payments", "billing", "payments:read", "payments.read"),
    Row("GET", "/payments/by-day", "billing", "payments:read", "payments.sum"),
    Row("GET", "/payments/{payment_id}", "billing", "payments:read", "payment.read"),
    Row("POST", "/payments/{payment_id}/refunds", "billing", "payments:refund", "post_refund", proves=True),
    Row("POST", "/payments/{payment_id}/void", "billing", "payments:void", "post_payment_void"),
    Row("POST", "/payments/{payment_id}/bounce", "billing", "payments:void", "post_payment_bounce"),
    Row("GET", "/payments/{payment_id}/refunds/{refund_id}", "billing", "payments:read", "refund.read"),
    Row("POST", "/invoices/{invoice_id}/write-offs", "billing", "write_offs:create", "post_write_off"),
    Row("GET", "/write-offs", "billing", "invoices:read", "write_offs.read"),
    Row("GET", "/write-offs/{write_off_id}", "billing", "invoices:read", "write_off.read"),
    Row("POST", "/write-offs/{write_off_id}/reverse", "billing", "write_offs:create", "post_write_off_reverse"),
    Row(
        "GET",
        "/clients/{client_id}/ledger",
        "billing",
        "ledger:read",
        "ledger.read",
        streams=True,
        proves_for=frozenset({"format"}),
    ),
    Row("POST", "/balances/lookup", "billing", "ledger:read", "balances.lookup"),
    Row("GET", "/unbilled-sessions", "billing", "invoices:read", "unbilled_sessions.read"),
    Row("POST", "/appointments/{appointment_id}/draft-invoice", "billing", "invoices:update", "post_draft_invoice"),
)
