"""How each row of the route table is asked for, and what it is about: from the route itself, and from `EXCEPTIONS`.

A route's example is what is sent; the first thing that its path names says what it is about. An ordinary endpoint
needs no line here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.row import PREFIX
from shared.permissions import PUBLIC
from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.routes import Route

COMING: Final = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}T15:00:00Z"

# What a row is about decides who, among those whose level allows it, gets through.
NOTHING: Final = "nothing"  # a collection, a search, oneself: nothing named to be kept from anybody
ORGANIZATION: Final = "organization"  # everybody of the organization, nobody else
CLIENT: Final = "client"  # everybody of the organization, but somebody narrowed by assigned_only only when assigned
CASE: Final = "case"  # clinical: assigned, or an administrator

# By the first placeholder of a path. What stands in none of them belongs to the organization.
ABOUT: Final = {
    "client_id": CLIENT,
    "appointment_id": CLIENT,
    "group_id": CLIENT,
    "invoice_id": CLIENT,
    "payment_id": CLIENT,
    "write_off_id": CLIENT,
    "responsible_person_id": CLIENT,
    "case_id": CASE,
    "plan_id": CASE,
    "note_id": CASE,
}


@dataclass(frozen=True, slots=True)
class Specimen:
    """How to ask. `walls`: the codes of the refusal where the thing may not be known of, if not 404 not_found."""

    about: str = ""
    body: Mapping[str, Any] | None = None
    query: Mapping[str, Any] | None = None
    file: bytes | None = None
    walls: frozenset[str] = frozenset({"not_found"})
    named: Mapping[str, str] = field(default_factory=dict)  # placeholder -> record, where it is not of the same name
    own_or: str | None = None  # the permission that opens other people's, where a level opens only one's own
    gone: bool = False  # asked for a thing that is not there: the wall's 404 for everybody who may ask
    lists: bool = False  # what somebody may not see is left out of the list: an empty one is the wall

    @property
    def names_a_record(self) -> bool:
        """Whether the query names a record."""
        return any(str(value).startswith("{") for value in (self.query or {}).values())


_UNKNOWN_IN_BODY = frozenset({"invalid", "not_found", "not_assigned"})

EXCEPTIONS: Final[dict[str, Specimen]] = {
    # What is sent must leave the worlds as they are: a good example would make something, or end something.
    "PUT /organization/logo": Specimen(file=b"none"),
    "POST /staff": Specimen(
        body={"given_name": "A", "family_name": "B", "email": "taken@example.test", "levels": ["default"]}
    ),
    "POST /passwords/change": Specimen(body={"current_password": "{password}", "new_password": "{password}"}),
    "POST /api-clients": Specimen(
        body={"name": "Sync", "permissions": ["clients:read"], "expires_at": "2020-01-01T00:00:00Z"}
    ),
    "POST /assignments": Specimen(body={"staff_id": "{staff_id}", "client_ids": []}),
    # There is none, so nobody gets further than to hear that.
    "GET /organization/logo": Specimen(gone=True),
    "DELETE /staff/{staff_id}/licences/{licence_id}": Specimen(named={"licence_id": "client_id"}, gone=True),
    "DELETE /invitations/{invitation_id}": Specimen(named={"invitation_id": "client_id"}, gone=True),
    "GET /me/sessions/{session_id}": Specimen(named={"session_id": "client_id"}, gone=True),
    "DELETE /me/sessions/{session_id}": Specimen(named={"session_id": "client_id"}, gone=True),
    "GET /me/passkeys/{passkey_id}": Specimen(named={"passkey_id": "client_id"}, gone=True),
    "PATCH /me/passkeys/{passkey_id}": Specimen(named={"passkey_id": "client_id"}, gone=True),
    "POST /me/passkeys/{passkey_id}/remove": Specimen(named={"passkey_id": "client_id"}, gone=True),
    "POST /api-clients/{api_client_id}/revoke": Specimen(named={"api_client_id": "client_id"}, gone=True),
    "GET /jobs/clients/{job_id}": Specimen(named={"job_id": "client_id"}, gone=True),
    "POST /jobs/clients/{job_id}/undo": Specimen(named={"job_id": "client_id"}, gone=True),
    "POST /jobs/clients/{job_id}/cancel": Specimen(named={"job_id": "client_id"}, gone=True),
    **{
        f"{method} /work-items/{service}/{{item_id}}": Specimen(named={"item_id": "client_id"}, gone=True)
        for method in ("GET", "PATCH")
        for service in ("clients", "clinical")
    },
    "GET /client-duplicates/{duplicate_id}": Specimen(named={"duplicate_id": "client_id"}, gone=True),
    "POST /client-duplicates/{duplicate_id}/dismiss": Specimen(named={"duplicate_id": "client_id"}, gone=True),
    "POST /client-duplicates/{duplicate_id}/undo": Specimen(named={"duplicate_id": "client_id"}, gone=True),
    **{f"GET /client-merges/preview/{service}": Specimen(CLIENT) for service in ("clients", "clinical", "billing")},
    **{
        row: Specimen(named={"merge_id": "client_id"}, gone=True)
        for row in ("GET /client-merges/{merge_id}", "POST /client-merges/{merge_id}/undo")
    },
    # A client into themselves: refused also to those who may see them.
    "POST /clients/{client_id}/merge": Specimen(body={"into_client_id": "{client_id}", "reason": "other"}),
    # A time that is to come, whenever that is.
    "POST /clients/{client_id}/offers": Specimen(body={"staff_id": "{staff_id}", "starts_at": COMING}),
    "GET /client-imports/{import_id}": Specimen(named={"import_id": "client_id"}, gone=True),
    "GET /client-imports/{import_id}/rows": Specimen(named={"import_id": "client_id"}, gone=True),
    "PUT /client-imports/{import_id}/mapping": Specimen(named={"import_id": "client_id"}, gone=True),
    "PATCH /client-imports/{import_id}/rows/{row}": Specimen(
        named={"import_id": "client_id", "row": "client_id"}, gone=True
    ),
    "GET /client-imports/{import_id}/errors.csv": Specimen(named={"import_id": "client_id"}, gone=True),
    "POST /client-imports/{import_id}/commit": Specimen(named={"import_id": "client_id"}, gone=True),
    "POST /client-imports/{import_id}/undo": Specimen(named={"import_id": "client_id"}, gone=True),
    "POST /client-imports/{import_id}/cancel": Specimen(named={"import_id": "client_id"}, gone=True),
    **{  # somebody who is no client: whom two rows relate, test_clients_related.py says
        f"{method} /clients/{{client_id}}/related-clients/{{related_client_id}}": Specimen(
            named={"related_client_id": "staff_id"}, gone=True
        )
        for method in ("PUT", "DELETE")
    },
    # A last day before the first: nobody is added.
    "POST /clients/{client_id}/responsible-people": Specimen(
        body={
            "given_name": "Rosa",
            "family_name": "Quint",
            "share": {"kind": "rest"},
            "effective_from": "2026-03-01",
            "effective_to": "2026-02-01",
        }
    ),
    "GET /break-glass/{opening_id}": Specimen(named={"opening_id": "client_id"}, gone=True),
    "POST /break-glass/{opening_id}/end": Specimen(named={"opening_id": "client_id"}, gone=True),
    "POST /break-glass/{opening_id}/review": Specimen(named={"opening_id": "client_id"}, gone=True),
    "POST /clients/{client_id}/break-glass": Specimen(walls=frozenset({"not_found", "break_glass_off"}), gone=True),
    # Somebody who can be spared.
    "POST /staff/{staff_id}/deactivate": Specimen(named={"staff_id": "expendable_id"}),
    "POST /staff/{staff_id}/hand-over": Specimen(named={"staff_id": "expendable_id"}),
    "POST /staff/{staff_id}/reactivate": Specimen(named={"staff_id": "expendable_id"}),
    "POST /invoices/{invoice_id}/amendments/{amendment_id}/accept": Specimen(
        named={"invoice_id": "amended_invoice_id"}
    ),
    "GET /payments/{payment_id}/refunds/{refund_id}": Specimen(named={"payment_id": "credit_id"}),
    # One of which a part was refunded, which stays as it is.
    "POST /payments/{payment_id}/void": Specimen(named={"payment_id": "credit_id"}),
    "POST /payments/{payment_id}/bounce": Specimen(named={"payment_id": "credit_id"}),
    # One's own is open to everybody.
    "GET /staff/{staff_id}/licences": Specimen(own_or="staff:update"),
    "GET /staff/{staff_id}/licences/{licence_id}": Specimen(own_or="staff:update"),
    "GET /staff/{staff_id}/access-history": Specimen(own_or="staff:update"),
    "GET /access/explain": Specimen(CLIENT, own_or="staff:update"),
    # What it is about does not stand in the path, or is more than that.
    "GET /clients/{client_id}/cases": Specimen(CASE, lists=True),
    "GET /staff/{staff_id}/open-work": Specimen(CLIENT),
    "POST /staff/{staff_id}/hand-over-client": Specimen(CLIENT),
    "POST /clients/lookup": Specimen(CLIENT, lists=True),
    "POST /invoices/lookup": Specimen(CLIENT, lists=True),
    "POST /assignments/lookup": Specimen(CLIENT, lists=True),
    "POST /appointments/lookup": Specimen(CLIENT, lists=True),
    "POST /balances/lookup": Specimen(CLIENT, lists=True),
    "POST /cases": Specimen(CASE, walls=_UNKNOWN_IN_BODY),
    "POST /groups": Specimen(CLIENT, walls=_UNKNOWN_IN_BODY),
    "POST /appointments": Specimen(CLIENT, walls=_UNKNOWN_IN_BODY),
    "POST /appointments/{appointment_id}/notes": Specimen(CASE, walls=_UNKNOWN_IN_BODY),
    "POST /payments": Specimen(CLIENT, walls=_UNKNOWN_IN_BODY),
    "POST /appointments/{appointment_id}/draft-invoice": Specimen(CLIENT, walls=_UNKNOWN_IN_BODY),
}

# Rows that the matrix does not walk, each with the test that does; and those before sign-in.
ELSEWHERE: Final[dict[str, str]] = {
    "DELETE /me/sessions": "would end the very session that asks: test_identity_sessions.py",
    "DELETE /sessions/current": "would end the very session that asks: test_access.py",
    **{row.name: "before sign-in" for row in ROUTE_TABLE if row.permission == PUBLIC},
}

ROUTES: Final[dict[str, Route]] = {
    f"{route.method} {route.path.removeprefix(PREFIX)}": route for service in SERVICES for route in load(service).routes
}


def of_route(route: Route) -> Specimen:
    """What a route says of itself."""
    named = re.findall(r"{(\w+)}", route.path)
    about = ABOUT.get(named[0], ORGANIZATION) if named else NOTHING
    if route.file is not None:
        return Specimen(about, body=route.example, file=route.file.example)
    if route.body is not None:
        return Specimen(about, body=route.example)
    return Specimen(about, query=route.example)


def _specimen(name: str) -> Specimen:
    ordinary, exception = of_route(ROUTES[name]), EXCEPTIONS.get(name)
    if exception is None:
        return ordinary
    return replace(
        exception,
        about=exception.about or ordinary.about,
        body=ordinary.body if exception.body is None else exception.body,
        query=ordinary.query if exception.query is None else exception.query,
    )


SPECIMENS: Final[dict[str, Specimen]] = {
    row.name: _specimen(row.name) for row in ROUTE_TABLE if row.name not in ELSEWHERE
}
