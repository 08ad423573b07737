"""One way to ask for each row of the route table, and what the row is about: written by hand, complete by a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from tests.access.worlds import PLAN
from tests.practice import PASSWORD, SOAP

Body = Callable[[dict[str, str]], dict[str, Any]]

# What a row is about decides who, among those whose level allows it, gets through.
NOTHING: Final = "nothing"  # a collection, a search, oneself: nothing named to be kept from anybody
ORGANIZATION: Final = "organization"  # everybody of the organization, nobody else
CLIENT: Final = "client"  # everybody of the organization, but somebody narrowed by assigned_only only when assigned
CASE: Final = "case"  # clinical: assigned, or an administrator


@dataclass(frozen=True, slots=True)
class Specimen:
    """How to ask. `walls`: the codes of the refusal where the thing may not be known of, if not 404 not_found."""

    about: str
    body: Body | None = None
    query: dict[str, str] | None = None
    asks_for: str | None = None  # the record whose id the query names
    walls: frozenset[str] = frozenset({"not_found"})
    named: dict[str, str] = field(default_factory=dict)  # placeholder -> record, where it is not of the same name
    own_or: str | None = None  # the permission that opens other people's, where a level opens only one's own
    gone: bool = False  # asked for a thing that is not there: the wall's 404 for everybody who may ask
    lists: bool = False  # what somebody may not see is left out of the list: an empty one is the wall


def _same(**values: Any) -> Body:
    return lambda _records: dict(values)


def _with(*names: str, **values: Any) -> Body:
    return lambda records: {**{name: records[name] for name in names}, **values}


def _booking(records: dict[str, str]) -> dict[str, Any]:
    return {
        "client_ids": [records["client_id"]],
        "staff_id": records["staff_id"],
        "service_type_id": records["service_type_id"],
        "starts_at_local": "2027-02-01T09:00",
    }


def _service(_records: dict[str, str]) -> dict[str, Any]:
    return {"name": "Service", "kind": "cpt", "code": "90834", "rate_cents": 100, "duration_minutes": 45}


_DIAGNOSIS = _same(code="F33.1", rank=5, effective_from="2026-01-01", effective_to="2026-01-02")
_PAYMENT = _with("client_id", amount_cents=1, method="cash", received_on="2026-09-30")
_UNKNOWN_IN_BODY = frozenset({"invalid", "not_found", "not_assigned"})
_DAYS = {"from": "2026-09-01", "to": "2026-09-07"}

SPECIMENS: Final[dict[str, Specimen]] = {
    # identity
    "GET /me": Specimen(NOTHING),
    "GET /organization": Specimen(NOTHING),
    "PATCH /organization": Specimen(NOTHING, _same(phone="+12125550123")),
    "GET /organization/history": Specimen(NOTHING),
    "POST /organization/billing-profiles": Specimen(NOTHING, _same(effective_from="2026-01-01", phone="+12125550123")),
    "GET /organization/billing-profiles": Specimen(NOTHING),
    "GET /organization/billing-profile": Specimen(NOTHING),
    "PUT /organization/logo": Specimen(NOTHING, _same(content="bm9uZQ==")),
    "GET /organization/logo": Specimen(NOTHING, gone=True),
    "DELETE /organization/logo": Specimen(NOTHING),
    "POST /cancellation-policies": Specimen(
        NOTHING,
        _same(
            effective_from="2026-01-01",
            notice_hours=24,
            late_cancel_fee_cents=1,
            no_show_fee_cents=1,
            text="Cancel in time.",
        ),
    ),
    "GET /cancellation-policies": Specimen(NOTHING),
    "GET /cancellation-policies/{policy_id}": Specimen(ORGANIZATION),
    "POST /locations": Specimen(NOTHING, _same(name="Room")),
    "GET /locations": Specimen(NOTHING),
    "GET /locations/{location_id}": Specimen(ORGANIZATION),
    "PATCH /locations/{location_id}": Specimen(ORGANIZATION, _same(name="Other room")),
    "POST /locations/{location_id}/billing-profiles": Specimen(
        ORGANIZATION, _same(effective_from="2026-01-01", phone="+12125550123")
    ),
    "GET /locations/{location_id}/billing-profiles": Specimen(ORGANIZATION),
    "GET /locations/{location_id}/billing-profile": Specimen(ORGANIZATION),
    "POST /staff": Specimen(
        NOTHING, _same(given_name="A", family_name="B", email="taken@example.test", levels=["default"])
    ),
    "GET /staff": Specimen(NOTHING),
    "POST /staff/import": Specimen(NOTHING, _same(kind="csv", content="bm9uZQ==", dry_run=True)),
    "GET /staff/{staff_id}": Specimen(ORGANIZATION),
    "PATCH /staff/{staff_id}": Specimen(ORGANIZATION, _same(phone="+12125550123")),
    "POST /staff/{staff_id}/billing-profiles": Specimen(
        ORGANIZATION, _same(effective_from="2026-01-01", credentials=["LCSW"])
    ),
    "GET /staff/{staff_id}/billing-profiles": Specimen(ORGANIZATION),
    "GET /staff/{staff_id}/billing-profile": Specimen(ORGANIZATION),
    "PATCH /me": Specimen(NOTHING, _same(colour="#123456")),
    "POST /staff/{staff_id}/deactivate": Specimen(ORGANIZATION, _same(), named={"staff_id": "expendable_id"}),
    "POST /staff/{staff_id}/hand-over": Specimen(
        ORGANIZATION, lambda records: {"successor_id": records["staff_id"]}, named={"staff_id": "expendable_id"}
    ),
    "POST /staff/{staff_id}/reactivate": Specimen(ORGANIZATION, _same(), named={"staff_id": "expendable_id"}),
    "GET /staff/{staff_id}/licences": Specimen(ORGANIZATION, own_or="staff:update"),
    "GET /staff/{staff_id}/licences/{licence_id}": Specimen(ORGANIZATION, own_or="staff:update"),
    "POST /staff/{staff_id}/licences": Specimen(ORGANIZATION, _same(number="L", state="NY", expires_on="2035-01-01")),
    "PATCH /staff/{staff_id}/licences/{licence_id}": Specimen(ORGANIZATION, _same(expires_on="2035-01-02")),
    "DELETE /staff/{staff_id}/licences/{licence_id}": Specimen(
        ORGANIZATION, named={"licence_id": "client_id"}, gone=True
    ),
    "GET /staff/{staff_id}/access-history": Specimen(ORGANIZATION, own_or="staff:update"),
    "POST /staff/{staff_id}/access-preview": Specimen(ORGANIZATION, _same(levels=["billing"])),
    "POST /access-preview": Specimen(NOTHING, _same(levels=["billing"])),
    "POST /staff/{staff_id}/invitation": Specimen(ORGANIZATION),
    "GET /invitations": Specimen(NOTHING),
    "GET /invitations/{invitation_id}": Specimen(ORGANIZATION),
    "DELETE /invitations/{invitation_id}": Specimen(ORGANIZATION, named={"invitation_id": "client_id"}, gone=True),
    "GET /me/sessions": Specimen(NOTHING),
    "GET /me/sessions/{session_id}": Specimen(ORGANIZATION, named={"session_id": "client_id"}, gone=True),
    "DELETE /me/sessions/{session_id}": Specimen(ORGANIZATION, named={"session_id": "client_id"}, gone=True),
    "GET /me/second-factors": Specimen(NOTHING),
    # The right password: of wrong ones everybody has five a minute, and shares them with whose address is counted with
    # theirs (`sign_in_failures`).
    "POST /me/totp": Specimen(NOTHING, _same(password=PASSWORD)),
    "POST /me/totp/confirm": Specimen(NOTHING, _same(code="000000")),
    "POST /me/totp/remove": Specimen(NOTHING, _same(password=PASSWORD, totp_code="000000")),
    "POST /me/recovery-codes": Specimen(NOTHING, _same(password=PASSWORD)),
    "POST /me/passkeys/options": Specimen(NOTHING, _same(password=PASSWORD)),
    "POST /me/passkeys": Specimen(NOTHING, _same(name="x", credential={})),
    "GET /me/passkeys/{passkey_id}": Specimen(ORGANIZATION, named={"passkey_id": "client_id"}, gone=True),
    "PATCH /me/passkeys/{passkey_id}": Specimen(
        ORGANIZATION, _same(name="x"), named={"passkey_id": "client_id"}, gone=True
    ),
    "POST /me/passkeys/{passkey_id}/remove": Specimen(
        ORGANIZATION, _same(password=PASSWORD), named={"passkey_id": "client_id"}, gone=True
    ),
    "POST /me/email": Specimen(NOTHING, _same(new_email="other@example.test", password=PASSWORD)),
    "POST /passwords/change": Specimen(NOTHING, _same(current_password=PASSWORD, new_password=PASSWORD)),
    "DELETE /staff/{staff_id}/second-factors": Specimen(ORGANIZATION),
    "POST /api-clients": Specimen(
        NOTHING, _same(name="Sync", permissions=["clients:read"], expires_at="2020-01-01T00:00:00Z")
    ),
    "GET /api-clients": Specimen(NOTHING),
    "GET /api-clients/{api_client_id}": Specimen(ORGANIZATION),
    "PATCH /api-clients/{api_client_id}": Specimen(ORGANIZATION, _same(name="Other")),
    "POST /api-clients/{api_client_id}/rotate": Specimen(ORGANIZATION, _same()),
    "POST /api-clients/{api_client_id}/revoke": Specimen(ORGANIZATION, named={"api_client_id": "client_id"}, gone=True),
    "GET /audit/entries": Specimen(NOTHING, query={"limit": "1"}),
    "GET /audit/export": Specimen(NOTHING, query={"to": "2020-01-01T00:00:00Z"}),
    # clients
    "POST /clients": Specimen(NOTHING, _same(given_name="N", family_name="N", date_of_birth="1990-01-01")),
    "GET /clients": Specimen(NOTHING),
    "POST /clients/search": Specimen(NOTHING, _same(query="ada")),
    "GET /clients/{client_id}": Specimen(CLIENT),
    "PATCH /clients/{client_id}": Specimen(CLIENT, _same(preferred_name="Ada")),
    "GET /clients/{client_id}/staff": Specimen(CLIENT),
    "PUT /clients/{client_id}/staff/{staff_id}": Specimen(CLIENT),
    "DELETE /clients/{client_id}/staff/{staff_id}": Specimen(CLIENT),
    # clinical
    "POST /cases": Specimen(CASE, _with("client_id", name="Another"), walls=_UNKNOWN_IN_BODY),
    "GET /clients/{client_id}/cases": Specimen(CASE, lists=True),
    "GET /cases/{case_id}": Specimen(CASE),
    "PATCH /cases/{case_id}": Specimen(CASE, _same(name="Individual")),
    "PUT /cases/{case_id}/staff/{staff_id}": Specimen(CASE),
    "DELETE /cases/{case_id}/staff/{staff_id}": Specimen(CASE),
    "POST /cases/{case_id}/diagnoses": Specimen(CASE, _DIAGNOSIS),
    "GET /cases/{case_id}/diagnoses": Specimen(CASE),
    "GET /cases/{case_id}/diagnoses/{diagnosis_id}": Specimen(CASE),
    "PATCH /cases/{case_id}/diagnoses/{diagnosis_id}": Specimen(CASE, _same(effective_to="2030-01-01")),
    "POST /cases/{case_id}/treatment-plans": Specimen(CASE, lambda _records: PLAN),
    "GET /cases/{case_id}/treatment-plans": Specimen(CASE),
    "GET /treatment-plans/{plan_id}": Specimen(CASE),
    "POST /treatment-plans/{plan_id}/sign": Specimen(CASE),
    "POST /appointments": Specimen(CLIENT, _booking, walls=_UNKNOWN_IN_BODY),
    "GET /appointments/{appointment_id}": Specimen(CLIENT),
    "POST /appointments/{appointment_id}/status": Specimen(CLIENT, _same(status="arrived")),
    "GET /agenda": Specimen(NOTHING, query=_DAYS),
    "GET /access/explain": Specimen(CLIENT, asks_for="client_id", own_or="staff:update"),
    "POST /clients/{client_id}/break-glass": Specimen(
        CLIENT, _same(reason="The matrix asks."), walls=frozenset({"not_found", "break_glass_off"}), gone=True
    ),
    "GET /break-glass": Specimen(NOTHING),
    "GET /break-glass/{opening_id}": Specimen(ORGANIZATION, named={"opening_id": "client_id"}, gone=True),
    "POST /break-glass/{opening_id}/end": Specimen(ORGANIZATION, named={"opening_id": "client_id"}, gone=True),
    "POST /break-glass/{opening_id}/review": Specimen(
        ORGANIZATION,
        _same(outcome="justified", comment="The matrix asks."),
        named={"opening_id": "client_id"},
        gone=True,
    ),
    "GET /staff/{staff_id}/open-work": Specimen(ORGANIZATION),
    "GET /agenda/time-zone-change": Specimen(NOTHING, query={"time_zone": "America/Chicago"}),
    "POST /appointments/{appointment_id}/notes": Specimen(
        CASE, _with("client_id", template="soap", content=SOAP), walls=_UNKNOWN_IN_BODY
    ),
    "GET /notes/{note_id}": Specimen(CASE),
    "GET /cases/{case_id}/notes": Specimen(CASE),
    "PATCH /notes/{note_id}": Specimen(CASE, _same(minutes=55)),
    "GET /worklist": Specimen(NOTHING),
    "GET /orphan-drafts": Specimen(NOTHING),
    "POST /notes/{note_id}/take-over": Specimen(CASE),
    "POST /notes/{note_id}/sign": Specimen(CASE),
    "GET /notes/{note_id}/addenda/{addendum_id}": Specimen(CASE),
    "POST /notes/{note_id}/reopen": Specimen(CASE, _same(reason="matrix")),
    "POST /notes/{note_id}/submit": Specimen(CASE),
    "POST /notes/{note_id}/withdraw": Specimen(CASE),
    "POST /notes/{note_id}/return": Specimen(CASE, _same(comment="matrix")),
    "POST /notes/{note_id}/approve": Specimen(CASE),
    "POST /notes/{note_id}/co-sign": Specimen(CASE),
    "POST /notes/{note_id}/addenda": Specimen(CASE, _same(text="addendum")),
    "POST /notes/{note_id}/amendments": Specimen(CASE, _same(reason="typo", minutes=55)),
    # billing
    "POST /service-types": Specimen(NOTHING, _service),
    "GET /service-types": Specimen(NOTHING),
    "GET /service-types/{service_type_id}": Specimen(ORGANIZATION),
    "PATCH /service-types/{service_type_id}": Specimen(ORGANIZATION, _same(name="Psychotherapy 60")),
    "POST /service-types/{service_type_id}/rates": Specimen(
        ORGANIZATION, _same(rate_cents=1, effective_from="2030-01-01")
    ),
    "GET /invoices": Specimen(NOTHING),
    "GET /invoices/{invoice_id}": Specimen(CLIENT),
    "PATCH /invoices/{invoice_id}": Specimen(
        CLIENT,
        lambda records: {"lines": [{"id": records["invoice_id"], "service_type_id": records["service_type_id"]}]},
    ),
    "POST /invoices/{invoice_id}/issue": Specimen(CLIENT),
    "POST /invoices/{invoice_id}/void": Specimen(CLIENT, _same(reason="matrix")),
    "POST /invoices/{invoice_id}/apply-credit": Specimen(CLIENT),
    "POST /invoices/{invoice_id}/amendments/{amendment_id}/accept": Specimen(
        CLIENT, named={"invoice_id": "amended_invoice_id"}
    ),
    "POST /payments": Specimen(CLIENT, _PAYMENT, walls=_UNKNOWN_IN_BODY),
    "GET /payments": Specimen(NOTHING),
    "GET /payments/{payment_id}": Specimen(CLIENT),
    "POST /payments/{payment_id}/refunds": Specimen(CLIENT, _same(amount_cents=1, reason="matrix")),
    "GET /payments/{payment_id}/refunds/{refund_id}": Specimen(CLIENT, named={"payment_id": "credit_id"}),
    "GET /clients/{client_id}/ledger": Specimen(CLIENT),
}

# Rows that the matrix does not walk, each with the test that does.
ELSEWHERE: Final[dict[str, str]] = {
    "POST /organizations": "before sign-in",
    "POST /sessions": "before sign-in",
    "POST /sessions/passkey-options": "before sign-in",
    "POST /sessions/passkey": "before sign-in",
    "POST /sessions/refresh": "before sign-in",
    "POST /tokens": "before sign-in",
    "POST /invitations/accept": "before sign-in",
    "POST /passwords/reset-request": "before sign-in",
    "POST /passwords/reset": "before sign-in",
    "POST /email-changes/confirm": "before sign-in",
    "DELETE /me/sessions": "would end the very session that asks: test_identity_sessions.py",
    "DELETE /sessions/current": "would end the very session that asks: test_access.py",
}
