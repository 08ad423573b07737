"""Each row that changes something, or hands a file out: it takes a fresh proof of who asks, or says here why not.

A new row is on neither side, and fails. It takes a proof (`proves`, or `proves_for` some fields) where it hands out
access, changes who somebody is, sends money away, is a signature, or takes many records out; otherwise it joins the
kind that it is of, or a new kind with its reason. The day's work asks for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.row import Row


@dataclass(frozen=True)
class Kind:
    """Rows that take no proof, and why. Of a row with `proves_for` it is what is left of it."""

    reason: str
    rows: str


KINDS = (
    Kind(
        "it is itself the proof, or comes before a session: a password, a passkey, a secret, a link of a mail",
        """
        POST /organizations
        POST /sessions
        POST /sessions/passkey-options
        POST /sessions/passkey
        POST /sessions/refresh
        POST /sessions/current/authenticate
        POST /passwords/reset-request
        POST /passwords/reset
        POST /email-changes/confirm
        POST /organizations/confirm
        POST /invitations/lookup
        POST /invitations/accept
        POST /tokens
        """,
    ),
    Kind(
        "the body brings a proof of its own, however fresh the session is, or ends what began with one",
        """
        POST /me/totp
        POST /me/totp/confirm
        POST /me/totp/remove
        POST /me/recovery-codes
        POST /me/passkeys/options
        POST /me/passkeys
        POST /me/passkeys/{passkey_id}/remove
        POST /me/email
        POST /passwords/change
        """,
    ),
    Kind(
        "it takes access away, or ends something, and nothing is gained by it",
        """
        DELETE /sessions/current
        DELETE /me/sessions
        DELETE /me/sessions/{session_id}
        DELETE /me/email-change
        DELETE /invitations/{invitation_id}
        POST /api-clients/{api_client_id}/revoke
        POST /staff/{staff_id}/deactivate
        DELETE /clients/{client_id}/staff/{staff_id}
        DELETE /cases/{case_id}/staff/{staff_id}
        POST /break-glass/{opening_id}/end
        """,
    ),
    Kind(
        "how somebody likes the app, or is shown and called; nobody gets in by it",
        """
        PATCH /me
        PATCH /me/preferences
        PATCH /me/passkeys/{passkey_id}
        PATCH /api-clients/{api_client_id}
        PATCH /staff/{staff_id}
        """,
    ),
    Kind(
        "a setting that is seen where it works, and can be set back; what says who gets in or is paid takes a proof",
        """
        PATCH /organization
        POST /organization/confirmation
        PUT /organization/logo
        DELETE /organization/logo
        POST /cancellation-policies
        POST /locations
        PATCH /locations/{location_id}
        POST /locations/{location_id}/billing-profiles
        POST /staff/{staff_id}/billing-profiles
        POST /client-fields
        PATCH /client-fields/{client_field_id}
        POST /service-types
        PATCH /service-types/{service_type_id}
        POST /service-types/{service_type_id}/rates
        """,
    ),
    Kind(
        "it only reads, one page or some ids at a time, and is a POST for what its body holds",
        """
        POST /staff/{staff_id}/access-preview
        POST /access-preview
        POST /clients/search
        POST /clients/lookup
        POST /assignments/lookup
        POST /appointments/lookup
        POST /open-slots
        POST /service-types/{service_type_id}/units-preview
        POST /invoices/lookup
        POST /cases/{case_id}/notes/search
        POST /balances/lookup
        """,
    ),
    Kind(
        "one client's team: a colleague who was let in after a proof, seen on the chart and in its history, and undone"
        " with one press; many clients at once take a proof",
        """
        PUT /clients/{client_id}/staff/{staff_id}
        PUT /cases/{case_id}/staff/{staff_id}
        """,
    ),
    Kind(
        "an emergency does not wait: it shows only, ends by itself, is told to others at once, and is reviewed by them",
        "POST /clients/{client_id}/break-glass",
    ),
    Kind(
        "the day's work with clients: it stands in the history, and can be changed back",
        """
        POST /clients
        PATCH /clients/{client_id}
        PUT /clients/{client_id}/related-clients/{related_client_id}
        DELETE /clients/{client_id}/related-clients/{related_client_id}
        POST /clients/{client_id}/responsible-people
        POST /clients/{client_id}/offers
        POST /clients/{client_id}/addresses
        PATCH /responsible-people/{responsible_person_id}
        DELETE /responsible-people/{responsible_person_id}
        POST /client-duplicates/{duplicate_id}/dismiss
        POST /client-duplicates/{duplicate_id}/undo
        POST /client-imports
        PUT /client-imports/{import_id}/mapping
        PATCH /client-imports/{import_id}/rows/{row}
        POST /client-imports/{import_id}/commit
        POST /client-imports/{import_id}/undo
        POST /client-imports/{import_id}/cancel
        POST /jobs/clients/{job_id}/cancel
        PATCH /work-items/clients/{item_id}
        PATCH /work-items/clinical/{item_id}
        POST /groups
        PATCH /groups/{group_id}
        PUT /groups/{group_id}/members/{client_id}
        DELETE /groups/{group_id}/members/{client_id}
        """,
    ),
    Kind(
        "only a client who was added in error and never used, with a reason",
        "DELETE /clients/{client_id}",
    ),
    Kind(
        "the day's work on the agenda and in cases: it stands in the history, and nobody signs with it",
        """
        POST /appointments
        PATCH /appointments/{appointment_id}
        POST /appointments/{appointment_id}/status
        POST /cases
        PATCH /cases/{case_id}
        POST /cases/{case_id}/diagnoses
        PATCH /cases/{case_id}/diagnoses/{diagnosis_id}
        """,
    ),
    Kind(
        "a draft, or what makes a document one again: nothing counts before a signature, which takes a proof",
        """
        POST /cases/{case_id}/treatment-plans
        PATCH /treatment-plans/{plan_id}
        POST /treatment-plans/{plan_id}/discard
        POST /appointments/{appointment_id}/notes
        PATCH /notes/{note_id}
        POST /notes/{note_id}/take-over
        POST /notes/{note_id}/reopen
        POST /notes/{note_id}/discard
        POST /notes/{note_id}/withdraw
        POST /notes/{note_id}/return
        POST /appointments/{appointment_id}/draft-invoice
        PATCH /invoices/{invoice_id}
        POST /invoices/{invoice_id}/amendments/{amendment_id}/accept
        """,
    ),
    Kind(
        "the day's work with money that comes in or is owed: an entry of the ledger takes it back, and nothing leaves",
        """
        POST /invoices/{invoice_id}/issue
        POST /invoices/{invoice_id}/void
        POST /invoices/{invoice_id}/apply-credit
        POST /payments
        POST /payments/{payment_id}/void
        POST /payments/{payment_id}/bounce
        POST /invoices/{invoice_id}/write-offs
        POST /write-offs/{write_off_id}/reverse
        """,
    ),
)
FILES = Kind(
    "a picture, or rows that the same person has just brought and that were not taken",
    """
    GET /organization/logo
    GET /client-imports/{import_id}/errors.csv
    """,
)
CHANGES = [row for row in ROUTE_TABLE if row.method != "GET"]
STREAMS = [row for row in ROUTE_TABLE if row.method == "GET" and row.streams]


def names(kind: Kind) -> list[str]:
    return [line.strip() for line in kind.rows.strip().splitlines()]


EXCUSED = [name for kind in KINDS for name in names(kind)]


@pytest.mark.abuse("A-SES-lasting-gain")
@pytest.mark.parametrize("row", CHANGES, ids=lambda row: row.name)
def test_what_changes_something_takes_a_proof_or_says_why_not(row: Row) -> None:
    excused = EXCUSED.count(row.name)
    if row.proves:
        assert not excused, f"{row.name} takes a proof, and needs no excuse"
    else:
        assert excused == 1, f"{row.name}: give it `proves`, or name it in one of KINDS, whose reason holds for it"


@pytest.mark.abuse("A-SES-bulk-copy")
@pytest.mark.parametrize("row", STREAMS, ids=lambda row: row.name)
def test_a_file_of_many_records_takes_a_proof(row: Row) -> None:
    takes_proof = row.proves or "format" in row.proves_for
    assert takes_proof != (row.name in names(FILES)), f"{row.name}: give it `proves`, or name it in FILES"


def test_no_excuse_outlives_its_row() -> None:
    assert set(EXCUSED) <= {row.name for row in CHANGES}
    assert set(names(FILES)) <= {row.name for row in STREAMS}


@pytest.mark.parametrize(
    "name",
    [
        "POST /payments/{payment_id}/refunds",
        "POST /assignments",
        "POST /jobs/clients/{job_id}/undo",
        "POST /organization/billing-profiles",
        "GET /audit/export",
    ],
)
def test_money_that_leaves_and_records_in_bulk_take_a_proof(name: str) -> None:
    [row] = [row for row in ROUTE_TABLE if row.name == name]
    assert row.proves


def test_whom_payers_pay_is_changed_after_a_proof() -> None:
    [row] = [row for row in ROUTE_TABLE if row.name == "PATCH /organization"]
    assert row.proves_for >= {"legal_name", "npi", "tax_id", "address"}
