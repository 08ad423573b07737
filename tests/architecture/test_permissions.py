"""The route table against the services' routes, and who may reach what, as a picture that a reviewer reads.

`python -m tests.architecture.permission_matrix` writes the picture anew.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.api.document import merge
from gateway.api.page import DOCUMENT, VIEWS
from gateway.route_table.api import ROUTE_TABLE
from gateway.route_table.pages import DOCUMENTS, WEB
from gateway.route_table.row import PREFIX
from services.identity.billing_profiles.rules import ORGANIZATION, PROFILE_FIELDS
from services.identity.organization.rules import SECURITY_SETTINGS
from shared import permissions
from shared.permissions import PUBLIC
from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.openapi import describe
from shared.web.replays import Sight
from shared.web.routes import INTERNAL
from tests.architecture.permission_matrix import PAGES_PICTURE, PICTURE, draw
from tests.architecture.source import files, name_of


def served(service: str) -> set[tuple[str, str, str, str, str, int, bool]]:
    return {
        (
            *(route.method, route.path, service, route.permission),
            *(route.audit or route.name, route.body_bytes_max, route.file is not None),
        )
        for route in load(service).routes
        if route.permission != INTERNAL
    }


def test_gateway_and_services_agree_on_every_route() -> None:
    table = {
        (row.method, PREFIX + row.path, row.service, row.permission, row.audit, row.body_bytes_max, row.file)
        for row in ROUTE_TABLE
    }
    assert table == set().union(*(served(service) for service in SERVICES))
    assert len(table) == len(ROUTE_TABLE)


def test_a_proof_is_asked_for_where_security_settings_change_or_who_is_paid() -> None:
    [row] = [row for row in ROUTE_TABLE if row.name == "PATCH /organization"]
    paid = row.proves_for - SECURITY_SETTINGS  # whom payers pay, and where
    assert row.proves_for > SECURITY_SETTINGS and paid <= set(PROFILE_FIELDS[ORGANIZATION])


def test_each_document_about_the_api_is_served() -> None:
    assert {row.audit for row in DOCUMENTS} == VIEWS.keys()


# Reads that leave no entry, each with the reason. Every other read does. This list may only shrink.
UNRECORDED_READS = {
    "/api/v1/me": "one's own",
    "/api/v1/me/sessions": "one's own",
    "/api/v1/me/second-factors": "one's own",
    "/api/v1/locations": "on the practice's door and on every invoice",
    "/api/v1/locations/{location_id}": "on the practice's door and on every invoice",
    "/api/v1/organization/logo": "on every invoice",
    "/api/v1/cancellation-policies": "shown to every client",
    "/api/v1/service-types": "the price list",
    "/api/v1/service-types/{service_type_id}": "the price list",
}
UNRECORDED_READS_MAX = 9
# Where a read leaves an entry only when it shows more than the door, or than colleagues see of one another.
# What these are about is the person's own, or the organization's as a whole: who has the permission sees all of it.
ONE_FOR_ALL = {
    f"/api/v1{path}"
    for path in (
        "/me/recovery-codes",
        "/me/totp",
        "/me/passkeys/options",
        "/me/email",
        "/organization/confirmation",
        "/organization/billing-profiles",
        "/locations/{location_id}/billing-profiles",
        "/staff/{staff_id}/billing-profiles",
        "/staff/import",
        "/break-glass/{opening_id}/end",
        "/break-glass/{opening_id}/review",
        "/payments/{payment_id}/bounce",
        "/payments/{payment_id}/void",
        "/write-offs/{write_off_id}/reverse",
    )
}
HARMLESS_TO_SOME = {"services/identity/staff_list/routes.py", "services/identity/organization/routes.py"}


def test_every_sensitive_read_leaves_an_audit_entry() -> None:
    reads = [route for service in SERVICES for route in load(service).routes if not route.writes]
    assert {route.path for route in reads if route.audit is None} == set(UNRECORDED_READS)
    assert len(UNRECORDED_READS) <= UNRECORDED_READS_MAX and all(UNRECORDED_READS.values())


def test_reads_that_leave_no_entry_of_some_are_those_that_were_reviewed() -> None:
    calling = {name_of(path) for path in files("services") if "describe_as_harmless(" in path.read_text("utf-8")}
    assert calling == HARMLESS_TO_SOME


def test_reads_in_a_post_are_those_that_were_reviewed() -> None:
    """An Idempotency-Key means nothing to these: who may see what they answer is asked every time."""
    reads = {route.name for service in SERVICES for route in load(service).routes if route.reads}
    assert reads == {
        "post_client_search",
        "post_client_lookup",
        "post_case_note_search",
        "post_invoice_lookup",
        "post_invitation_lookup",
        "post_team_lookup",
        "post_open_slots",
        "post_visit_lookup",
        "post_balance_lookup",
        "post_access_preview",
        "post_member_access_preview",
        "post_units_preview",
    }


def test_no_answer_with_a_token_is_kept_for_an_idempotency_key_before_sign_in() -> None:
    """Somebody who guessed the key would be given the token."""
    public = [route for service in SERVICES for route in load(service).routes if route.permission == PUBLIC]
    tokens = {
        route.name for route in public if route.response and any("token" in field for field in route.response().fields)
    }
    assert len(tokens) >= 4 and not tokens & {route.name for route in public if route.takes_keys}


def test_a_kept_answer_is_about_something_that_is_looked_up_again() -> None:
    """Somebody who has lost sight of a client is not given its answer: what it made or changed is read."""
    checked, not_checked = set(), set()
    for service in SERVICES:
        routes = load(service).routes
        for route in (route for route in routes if route.takes_keys and route.permission not in (PUBLIC, INTERNAL)):
            sight = Sight.of(route, routes)
            (checked if route.changes or sight.reader else not_checked).add(route.path)
    assert len(checked) > 40
    assert not_checked == ONE_FOR_ALL


def test_internal_routes_are_not_below_the_public_prefix() -> None:
    for service in SERVICES:
        for route in load(service).routes:
            assert (route.permission == INTERNAL) == route.path.startswith("/internal/")


def test_every_permission_is_given_to_somebody_and_used_somewhere() -> None:
    used = {row.permission for row in ROUTE_TABLE} - {PUBLIC}
    assert used <= permissions.ALL
    inside_commands = {"appointments:override", "invoices:override_hold", "write_offs:exceed_limit"}
    assert permissions.ALL - used == inside_commands


def test_the_matrix_is_the_one_that_was_reviewed() -> None:
    assert draw(ROUTE_TABLE) == PICTURE.read_text(encoding="utf-8"), "see the module's docstring"
    assert draw(WEB) == PAGES_PICTURE.read_text(encoding="utf-8"), "see the module's docstring"


@pytest.mark.parametrize("level", permissions.LEVELS)
def test_every_level_includes_default(level: str) -> None:
    assert permissions.effective([level], []) >= permissions.DEFAULT


def test_grants_add_and_never_take_away_but_for_sight() -> None:
    for grant in permissions.GRANTS:
        for level in permissions.LEVELS:
            assert permissions.effective([level], [grant]) >= permissions.effective([level], [])
    assert "payments:refund" not in permissions.effective(["therapist"], ["refunds"])
    assert "payments:refund" in permissions.effective(["billing"], ["refunds"])


def test_the_committed_api_document_is_the_code() -> None:
    documents = [describe(service, load(service).routes) for service in SERVICES]
    assert json.loads(DOCUMENT.read_text(encoding="utf-8")) == json.loads(json.dumps(merge(documents))), "make openapi"


def test_handlers_have_distinct_names() -> None:
    names = [route.name for service in SERVICES for route in load(service).routes]
    assert len(names) == len(set(names))


def test_the_events_page_is_the_code() -> None:
    from tests.architecture.events_page import PAGE, write

    assert write() == Path(PAGE).read_text(encoding="utf-8"), "python -m tests.architecture.events_page"
