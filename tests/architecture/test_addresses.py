"""What came to be has an address, and every id that is given has a GET."""

from __future__ import annotations

from collections.abc import Iterator

from marshmallow import Schema, fields

from gateway.route_table.api import ROUTE_TABLE
from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.routes import INTERNAL, PLACEHOLDER, Route

ROUTES = [(service, route) for service in SERVICES for route in load(service).routes if route.permission != INTERNAL]
READ = {row.path for row in ROUTE_TABLE if row.method == "GET"}

# Where the thing is read whose schema has an `id`, by the schema's name; or why it is read with another.
THINGS = {
    "AddendumSchema": "/notes/{note_id}/addenda/{addendum_id}",
    "AgendaClientSchema": "/clients/{client_id}",
    "AgendaItemSchema": "/appointments/{appointment_id}",
    "ApiClientSchema": "/api-clients/{api_client_id}",
    "ApiClientWithSecretSchema": "/api-clients/{api_client_id}",
    "AppointmentSchema": "/appointments/{appointment_id}",
    "BookedAppointmentSchema": "/appointments/{appointment_id}",
    "CancellationPolicySchema": "/cancellation-policies/{policy_id}",
    "CaseSchema": "/cases/{case_id}",
    "CaseWithStaffSchema": "/cases/{case_id}",
    "ClientDuplicateSchema": "/client-duplicates/{duplicate_id}",
    "ClientMergeSchema": "/client-merges/{merge_id}",
    "ClientFieldSchema": "/client-fields/{client_field_id}",
    "ClientSchema": "/clients/{client_id}",
    "ComparedClientSchema": "/clients/{client_id}",
    "CreatedClientSchema": "/clients/{client_id}",
    "DatedAddressSchema": "/clients/{client_id}/addresses/{address_id}",
    "DiagnosisSchema": "/cases/{case_id}/diagnoses/{diagnosis_id}",
    "JobSchema": "/jobs/clients/{job_id}",
    "JobSummarySchema": "/jobs/clients/{job_id}",
    "StartedJobSchema": "/jobs/clients/{job_id}",
    "WorkItemSchema": "/work-items/clinical/{item_id}",
    "WorkItemWithHistorySchema": "/work-items/clinical/{item_id}",
    "InvitationSchema": "/invitations/{invitation_id}",
    "InvitedMemberSchema": "/staff/{staff_id}",
    "InvoiceSchema": "/invoices/{invoice_id}",
    "JoinedSchema": "/staff/{staff_id}",
    "LocationSchema": "/locations/{location_id}",
    "MadePasskeySchema": "/me/passkeys/{passkey_id}",
    "ManagedMemberSchema": "/staff/{staff_id}",
    "MemberSchema": "/staff/{staff_id}",
    "NamedClientSchema": "/clients/{client_id}",
    "OneClientSchema": "/clients/{client_id}",
    "FormerNoteSchema": "/notes/{note_id}",
    "NoteHeadSchema": "/notes/{note_id}",
    "NoteLineSchema": "/notes/{note_id}",
    "NoteSchema": "/notes/{note_id}",
    "OneInvitationSchema": "/invitations/{invitation_id}",
    "OneLicenceSchema": "/staff/{staff_id}/licences/{licence_id}",
    "OpenAppointmentSchema": "/appointments/{appointment_id}",
    "OpenDraftSchema": "/notes/{note_id}",
    "OpenInvitationSchema": "/invitations/{invitation_id}",
    "OpeningSchema": "/break-glass/{opening_id}",
    "OrganizationSchema": "/organization",
    "OwnSessionSchema": "/me/sessions/{session_id}",
    "PasskeySchema": "/me/passkeys/{passkey_id}",
    "PaymentSchema": "/payments/{payment_id}",
    "PlanDueSchema": "/treatment-plans/{plan_id}",
    "PlanSchema": "/treatment-plans/{plan_id}",
    "PossibleDuplicateSchema": "/clients/{client_id}",
    "PublicOrganizationSchema": "/organization",
    "GroupSchema": "/groups/{group_id}",
    "GroupSummarySchema": "/groups/{group_id}",
    "ImportSchema": "/client-imports/{import_id}",
    "ImportSummarySchema": "/client-imports/{import_id}",
    "ResponsiblePersonSchema": "/responsible-people/{responsible_person_id}",
    "RefundSchema": "/payments/{payment_id}/refunds/{refund_id}",
    "ServiceTypeSchema": "/service-types/{service_type_id}",
    "SupervisedSchema": "/staff/{staff_id}",
    "TitledDiagnosisSchema": "/cases/{case_id}/diagnoses/{diagnosis_id}",
    "VoidedInvoiceSchema": "/invoices/{invoice_id}",
    "WriteOffSchema": "/write-offs/{write_off_id}",
    "WhoseSchema": "/staff/{staff_id}",
}
PARTS = {
    "AccessChangeSchema": "an entry of the access history",
    "AmendmentSchema": "with its invoice",
    "SubjectSchema": "what a work item is about, of the kind that stands beside it",
    "InvoiceLineSchema": "with its invoice",
    "NotMovedSchema": "an appointment or a note, by the kind that stands beside it",
    "RateSchema": "with its service",
    "RoomSchema": "with its location",
    "TrailEntrySchema": "an entry of the audit trail",
}
# The same for fields that name a thing.
NAMES = {
    "add_on_service_type_ids": "/service-types/{service_type_id}",
    "appointment_id": "/appointments/{appointment_id}",
    "assignee_id": "/staff/{staff_id}",
    "author_id": "/staff/{staff_id}",
    "by_staff_id": "/staff/{staff_id}",
    "decided_client_id": "/clients/{client_id}",
    "documented_service_type_id": "/service-types/{service_type_id}",
    "into_client_id": "/clients/{client_id}",
    "next_appointment_service_id": "/service-types/{service_type_id}",
    "case_id": "/cases/{case_id}",
    "client_id": "/clients/{client_id}",
    "client_ids": "/clients/{client_id}",
    "group_id": "/groups/{group_id}",
    "invoice_id": "/invoices/{invoice_id}",
    "location_id": "/locations/{location_id}",
    "logo_id": "/organization/logo",
    "merge_id": "/client-merges/{merge_id}",
    "note_id": "/notes/{note_id}",
    "payment_id": "/payments/{payment_id}",
    "redraft_invoice_id": "/invoices/{invoice_id}",
    "rendering_staff_id": "/staff/{staff_id}",
    "responsible_person_id": "/responsible-people/{responsible_person_id}",
    "service_type_id": "/service-types/{service_type_id}",
    "session_id": "/me/sessions/{session_id}",
    "staff_id": "/staff/{staff_id}",
    "staff_ids": "/staff/{staff_id}",
    "supervising_staff_id": "/staff/{staff_id}",
    "awaited_supervisor_id": "/staff/{staff_id}",
    "supervisor_id": "/staff/{staff_id}",
    "through_case_id": "/cases/{case_id}",
}
OTHERS = {
    "line_id": "a line, with its invoice",
    "object_id": "what a request was about, of any kind",
    "replacement_line_id": "a line, with its invoice",
    "request_id": "a request",
    "tax_id": "the tax office's",
}

BY_TOKEN = (
    "/invitations/lookup",
    "/invitations/accept",
    "/passwords/reset",
    "/email-changes/confirm",
    "/organizations/confirm",
)  # the answer says whose it was
DEEDS = (  # change what has no version
    "/break-glass/{opening_id}/end",
    "/break-glass/{opening_id}/review",
    "/payments/{payment_id}/void",
    "/payments/{payment_id}/bounce",
    "/write-offs/{write_off_id}/reverse",
    "/jobs/clients/{job_id}/cancel",
    "/jobs/clients/{job_id}/undo",
    "/client-imports/{import_id}/cancel",
    "/client-duplicates/{duplicate_id}/dismiss",
    "/client-duplicates/{duplicate_id}/undo",
)


def test_a_post_that_makes_something_says_where_it_is_read() -> None:
    """201 with an address, and 202 where a job is started; 200 or 204 without."""
    made = {201, 202}
    wrong = {route.name for _, route in ROUTES if (route.status == 201) > (route.makes is not None)}
    wrong |= {route.name for _, route in ROUTES if route.makes is not None and route.status not in made}
    assert wrong == set()
    assert sum(route.makes is not None for _, route in ROUTES) > 20
    for service, route in ROUTES:
        if route.makes is not None:
            assert route.method == "POST" or route.status == 202, route.name
            address = route.makes.partition("?")[0]
            assert address in {found.path for other, found in ROUTES if other == service and found.method == "GET"}, (
                route.name
            )
            unknown = set(PLACEHOLDER.findall(route.makes)) - set(PLACEHOLDER.findall(route.path))
            assert len(unknown) <= 1, f"{route.name}: the answer has one id"


def test_what_has_an_id_of_its_own_in_the_answer_came_to_be() -> None:
    """A POST that changes nothing that was there answers with what it made."""
    for _, route in ROUTES:
        if route.method != "POST" or route.response is None or route.reads or route.changes is not None:
            continue
        if "id" in route.response().fields and not route.path.endswith((*BY_TOKEN, *DEEDS)):
            assert route.makes is not None, route.name


def with_ids(schema: Schema) -> Iterator[tuple[str, str]]:
    """The id fields of a schema and what is nested in it: schema and field."""
    for name, field in schema.fields.items():
        inner = field
        while isinstance(inner, fields.List):
            inner = inner.inner
        if isinstance(inner, fields.Nested):
            yield from with_ids(inner.schema)
        elif name == "id" or name.endswith(("_id", "_ids")):
            yield type(schema).__name__, name


def given(route: Route) -> set[tuple[str, str]]:
    """The id fields that a route answers with."""
    return set(with_ids(route.response())) if route.response is not None else set()


def test_every_id_that_is_given_has_an_address() -> None:
    found = set().union(*(given(route) for _, route in ROUTES))
    assert {schema for schema, name in found if name == "id"} == THINGS.keys() | PARTS.keys()
    assert {name for _, name in found if name != "id"} == NAMES.keys() | OTHERS.keys()
    assert {*THINGS.values(), *NAMES.values()} <= READ
    assert all(PARTS.values()) and all(OTHERS.values())
