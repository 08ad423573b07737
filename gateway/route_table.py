"""The gateway's picture of the whole API: method, path, service, permission. A path that is not here is a 404.

Permissions are those of `shared.permissions`; `public` is reachable before sign-in. The tests hold this table against
every service's own routes, in both directions, and against the golden matrix of endpoint by level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PREFIX: Final = "/api/v1"
PUBLIC: Final = "public"
JSON_BYTES_MAX: Final = 256 * 1024
NOTE_BYTES_MAX: Final = 1024 * 1024
# No shorter than the service's own limit of one statement (8 s): an answer that nobody waits for holds a place there.
READ_SECONDS: Final = 10.0
TABLE_SECONDS: Final = 20.0  # reading a workbook may take the service 6 s, and each row is a member of staff


@dataclass(frozen=True, slots=True)
class Row:
    """One endpoint as the gateway knows it."""

    method: str
    path: str  # below PREFIX
    service: str
    permission: str
    body_bytes_max: int = JSON_BYTES_MAX
    read_seconds: float = READ_SECONDS  # how long the service may take to answer
    streams: bool = False  # the answer is passed on as it comes, however long it gets
    takes_guesses: bool = False  # who guesses passwords, codes or secrets does it here; wrong ones are counted
    signs_up: bool = False  # makes an organization for whoever asks; counted apart


ROUTE_TABLE: Final[tuple[Row, ...]] = (
    # identity
    Row("POST", "/organizations", "identity", PUBLIC, signs_up=True),
    Row("POST", "/sessions", "identity", PUBLIC, takes_guesses=True),
    Row("POST", "/sessions/passkey-options", "identity", PUBLIC),
    Row("POST", "/sessions/passkey", "identity", PUBLIC, takes_guesses=True),
    Row("POST", "/sessions/refresh", "identity", PUBLIC),
    Row("DELETE", "/sessions/current", "identity", "sessions:end"),
    Row("GET", "/me", "identity", "self:read"),
    Row("GET", "/organization", "identity", "organization:read"),
    Row("PATCH", "/organization", "identity", "organization:update"),
    Row("GET", "/organization/history", "identity", "organization:update"),
    Row("POST", "/organization/billing-profiles", "identity", "organization:update"),
    Row("GET", "/organization/billing-profiles", "identity", "organization:update"),
    Row("GET", "/organization/billing-profile", "identity", "organization:update"),
    Row("PUT", "/organization/logo", "identity", "organization:update", NOTE_BYTES_MAX),
    Row("GET", "/organization/logo", "identity", "organization:read", streams=True),
    Row("DELETE", "/organization/logo", "identity", "organization:update"),
    Row("POST", "/cancellation-policies", "identity", "organization:update"),
    Row("GET", "/cancellation-policies", "identity", "organization:read"),
    Row("POST", "/locations", "identity", "locations:create"),
    Row("GET", "/locations", "identity", "locations:read"),
    Row("GET", "/locations/{location_id}", "identity", "locations:read"),
    Row("PATCH", "/locations/{location_id}", "identity", "locations:update"),
    Row("POST", "/locations/{location_id}/billing-profiles", "identity", "locations:update"),
    Row("GET", "/locations/{location_id}/billing-profiles", "identity", "locations:update"),
    Row("GET", "/locations/{location_id}/billing-profile", "identity", "locations:update"),
    Row("POST", "/staff", "identity", "staff:create"),
    Row("GET", "/staff", "identity", "staff:read"),
    Row("POST", "/staff/import", "identity", "staff:create", NOTE_BYTES_MAX, TABLE_SECONDS),
    Row("GET", "/staff/{staff_id}", "identity", "staff:read"),
    Row("PATCH", "/staff/{staff_id}", "identity", "staff:update"),
    Row("POST", "/staff/{staff_id}/billing-profiles", "identity", "staff:update"),
    Row("GET", "/staff/{staff_id}/billing-profiles", "identity", "staff:update"),
    Row("GET", "/staff/{staff_id}/billing-profile", "identity", "staff:update"),
    Row("PATCH", "/me", "identity", "self:update"),
    Row("GET", "/me/sessions", "identity", "sessions:manage"),
    Row("DELETE", "/me/sessions/{session_id}", "identity", "sessions:manage"),
    Row("DELETE", "/me/sessions", "identity", "sessions:manage"),
    Row("GET", "/me/second-factors", "identity", "second_factors:manage"),
    Row("POST", "/me/totp", "identity", "second_factors:manage"),
    Row("POST", "/me/totp/confirm", "identity", "second_factors:manage"),
    Row("POST", "/me/totp/remove", "identity", "second_factors:manage"),
    Row("POST", "/me/recovery-codes", "identity", "second_factors:manage"),
    Row("POST", "/me/passkeys/options", "identity", "second_factors:manage"),
    Row("POST", "/me/passkeys", "identity", "second_factors:manage"),
    Row("PATCH", "/me/passkeys/{passkey_id}", "identity", "second_factors:manage"),
    Row("POST", "/me/passkeys/{passkey_id}/remove", "identity", "second_factors:manage"),
    Row("POST", "/me/email", "identity", "passwords:change"),
    Row("POST", "/passwords/change", "identity", "passwords:change"),
    Row("POST", "/passwords/reset-request", "identity", PUBLIC),
    Row("POST", "/passwords/reset", "identity", PUBLIC),
    Row("POST", "/email-changes/confirm", "identity", PUBLIC),
    Row("DELETE", "/staff/{staff_id}/second-factors", "identity", "organization:secure"),
    Row("POST", "/staff/{staff_id}/deactivate", "identity", "staff:update"),
    Row("POST", "/staff/{staff_id}/hand-over", "identity", "staff:update"),
    Row("POST", "/staff/{staff_id}/reactivate", "identity", "staff:update"),
    Row("GET", "/staff/{staff_id}/licences", "identity", "staff:read"),
    Row("POST", "/staff/{staff_id}/licences", "identity", "staff:update"),
    Row("PATCH", "/staff/{staff_id}/licences/{licence_id}", "identity", "staff:update"),
    Row("DELETE", "/staff/{staff_id}/licences/{licence_id}", "identity", "staff:update"),
    Row("GET", "/staff/{staff_id}/access-history", "identity", "staff:read"),
    Row("POST", "/staff/{staff_id}/access-preview", "identity", "staff:update"),
    Row("POST", "/access-preview", "identity", "staff:create"),
    Row("POST", "/staff/{staff_id}/invitation", "identity", "staff:create"),
    Row("GET", "/invitations", "identity", "staff:create"),
    Row("DELETE", "/invitations/{invitation_id}", "identity", "staff:create"),
    Row("POST", "/invitations/accept", "identity", PUBLIC),
    Row("POST", "/tokens", "identity", PUBLIC, takes_guesses=True),
    Row("POST", "/api-clients", "identity", "api_clients:manage"),
    Row("GET", "/api-clients", "identity", "api_clients:read"),
    Row("GET", "/api-clients/{api_client_id}", "identity", "api_clients:read"),
    Row("PATCH", "/api-clients/{api_client_id}", "identity", "api_clients:manage"),
    Row("POST", "/api-clients/{api_client_id}/rotate", "identity", "api_clients:manage"),
    Row("POST", "/api-clients/{api_client_id}/revoke", "identity", "api_clients:manage"),
    Row("GET", "/audit/entries", "identity", "audit:read"),
    Row("GET", "/audit/export", "identity", "audit:export", streams=True),
    # clients
    Row("POST", "/clients", "clients", "clients:create"),
    Row("GET", "/clients", "clients", "clients:read"),
    Row("POST", "/clients/search", "clients", "clients:read"),
    Row("GET", "/clients/{client_id}", "clients", "clients:read"),
    Row("PATCH", "/clients/{client_id}", "clients", "clients:update"),
    Row("GET", "/clients/{client_id}/staff", "clients", "assignments:read"),
    Row("PUT", "/clients/{client_id}/staff/{staff_id}", "clients", "assignments:change"),
    Row("DELETE", "/clients/{client_id}/staff/{staff_id}", "clients", "assignments:change"),
    # clinical
    Row("POST", "/cases", "clinical", "cases:create"),
    Row("GET", "/clients/{client_id}/cases", "clinical", "cases:read"),
    Row("GET", "/cases/{case_id}", "clinical", "cases:read"),
    Row("PATCH", "/cases/{case_id}", "clinical", "cases:update"),
    Row("PUT", "/cases/{case_id}/staff/{staff_id}", "clinical", "assignments:change"),
    Row("DELETE", "/cases/{case_id}/staff/{staff_id}", "clinical", "assignments:change"),
    Row("POST", "/cases/{case_id}/diagnoses", "clinical", "diagnoses:create"),
    Row("GET", "/cases/{case_id}/diagnoses", "clinical", "diagnoses:read"),
    Row("PATCH", "/cases/{case_id}/diagnoses/{diagnosis_id}", "clinical", "diagnoses:create"),
    Row("POST", "/cases/{case_id}/treatment-plans", "clinical", "treatment_plans:create"),
    Row("GET", "/cases/{case_id}/treatment-plans", "clinical", "treatment_plans:read"),
    Row("POST", "/treatment-plans/{plan_id}/sign", "clinical", "treatment_plans:sign"),
    Row("POST", "/appointments", "clinical", "appointments:create"),
    Row("GET", "/appointments/{appointment_id}", "clinical", "appointments:read"),
    Row("POST", "/appointments/{appointment_id}/status", "clinical", "appointments:update"),
    Row("GET", "/agenda", "clinical", "agenda:read"),
    Row("GET", "/staff/{staff_id}/open-work", "clinical", "staff:update"),
    Row("GET", "/agenda/time-zone-change", "clinical", "organization:update"),
    Row("GET", "/access/explain", "clinical", "assignments:read"),
    Row("POST", "/clients/{client_id}/break-glass", "clinical", "break_glass:open"),
    Row("GET", "/break-glass", "clinical", "break_glass:read"),
    Row("GET", "/break-glass/{opening_id}", "clinical", "break_glass:read"),
    Row("POST", "/break-glass/{opening_id}/end", "clinical", "break_glass:read"),
    Row("POST", "/break-glass/{opening_id}/review", "clinical", "break_glass:review"),
    Row("POST", "/appointments/{appointment_id}/notes", "clinical", "notes:create", NOTE_BYTES_MAX),
    Row("GET", "/notes/{note_id}", "clinical", "notes:read"),
    Row("GET", "/cases/{case_id}/notes", "clinical", "notes:read"),
    Row("PATCH", "/notes/{note_id}", "clinical", "notes:update", NOTE_BYTES_MAX),
    Row("GET", "/orphan-drafts", "clinical", "notes:read"),
    Row("POST", "/notes/{note_id}/take-over", "clinical", "notes:sign"),
    Row("POST", "/notes/{note_id}/sign", "clinical", "notes:sign"),
    Row("POST", "/notes/{note_id}/addenda", "clinical", "notes:update", NOTE_BYTES_MAX),
    Row("POST", "/notes/{note_id}/amendments", "clinical", "notes:update", NOTE_BYTES_MAX),
    # billing
    Row("POST", "/service-types", "billing", "service_types:create"),
    Row("GET", "/service-types", "billing", "service_types:read"),
    Row("GET", "/service-types/{service_type_id}", "billing", "service_types:read"),
    Row("PATCH", "/service-types/{service_type_id}", "billing", "service_types:update"),
    Row("POST", "/service-types/{service_type_id}/rates", "billing", "service_types:update"),
    Row("GET", "/invoices", "billing", "invoices:read"),
    Row("GET", "/invoices/{invoice_id}", "billing", "invoices:read"),
    Row("PATCH", "/invoices/{invoice_id}", "billing", "invoices:update"),
    Row("POST", "/invoices/{invoice_id}/issue", "billing", "invoices:issue"),
    Row("POST", "/invoices/{invoice_id}/void", "billing", "invoices:void"),
    Row("POST", "/invoices/{invoice_id}/apply-credit", "billing", "credit:apply"),
    Row("POST", "/invoices/{invoice_id}/amendments/{amendment_id}/accept", "billing", "invoices:update"),
    Row("POST", "/payments", "billing", "payments:create"),
    Row("GET", "/payments", "billing", "payments:read"),
    Row("GET", "/payments/{payment_id}", "billing", "payments:read"),
    Row("POST", "/payments/{payment_id}/refunds", "billing", "payments:refund"),
    Row("GET", "/clients/{client_id}/ledger", "billing", "ledger:read"),
)
