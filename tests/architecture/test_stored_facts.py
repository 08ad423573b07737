"""What is stored is read again as people mean it: each reason is shown somewhere, each name sorts as a person sorts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Final

from marshmallow import Schema

from shared.services import SERVICES
from shared.testing.databases import load
from shared.web.paging import Orders

# Column -> the field of an answer that shows it, as `Schema.field`.
READ: Final = {
    "identity.access_changes.reason": "AccessChangeSchema.reason",
    "clients.work_items.comment": "WorkItemSchema.comment",
    "clients.work_item_changes.comment": "WorkItemChangeSchema.comment",
    "clients.client_merges.reason": "ClientMergeSchema.reason",
    "clients.client_pairs.reasons": "ClientDuplicateSchema.reasons",
    "clinical.work_items.comment": "WorkItemSchema.comment",
    "clinical.work_item_changes.comment": "WorkItemChangeSchema.comment",
    "clinical.case_status_changes.closing_reason": "CaseStatusChangeSchema.closing_reason",
    "clinical.case_status_changes.reason": "CaseStatusChangeSchema.reason",
    "clinical.break_glass_openings.reason": "OpeningSchema.reason",
    "clinical.break_glass_openings.comment": "OpeningSchema.comment",
    "clinical.appointments.status_reason": "AppointmentSchema.status_reason",
    "clinical.appointments.override_reason": "AppointmentSchema.override_reason",
    "clinical.appointment_changes.reason": "AppointmentChangeSchema.reason",
    "clinical.appointment_changes.override_reason": "AppointmentChangeSchema.override_reason",
    "clinical.group_changes.reason": "GroupChangeSchema.reason",
    "clinical.note_versions.reason": "SignedVersionSchema.reason",
    "clinical.note_reviews.comment": "NoteReviewSchema.comment",
    "clinical.diagnoses.entered_in_error_reason": "DiagnosisSchema.entered_in_error_reason",
    "clinical.treatment_plans.discard_reason": "PlanSchema.discard_reason",
    "billing.invoices.override_reason": "InvoiceSchema.override",
    "billing.invoices.void_reason": "InvoiceSchema.voided",
    "billing.invoice_amendments.override_reason": "AmendmentSchema.override",
    "billing.payments.undone_reason": "PaymentSchema.undone",
    "billing.refunds.reason": "RefundSchema.reason",
    "billing.write_offs.reason": "WriteOffSchema.reason",
    "billing.write_offs.reversed_reason": "WriteOffSchema.reversal",
}
# Column -> why no answer shows it.
NOT_SHOWN: Final = {
    "identity.sessions.end_reason": "a slug: why a session ended, which the audit trail says",
    "clients.client_changes.reason": "a slug: of a proposal, which the audit trail keeps with the deletion",
    "clinical.notes.reason": "of a version that is being written: a review says it, and the version once signed",
}


def shown_fields(schema: Schema, seen: set[type]) -> Iterator[str]:
    """`Schema.field` of what an answer shows, those of the schemas in it included."""
    if type(schema) in seen:
        return
    seen.add(type(schema))
    for name, field in schema.dump_fields.items():
        yield f"{type(schema).__name__}.{name}"
        inner = getattr(field, "inner", field)
        if hasattr(inner, "schema"):
            yield from shown_fields(inner.schema, seen)


def test_each_reason_that_is_stored_is_shown_or_says_why_not() -> None:
    routes = [route for service in SERVICES for route in load(service).routes]
    stored = {
        f"{service}.{table.name}.{column.name}"
        for service in SERVICES
        for table in import_module(f"services.{service}.tables").Base.metadata.tables.values()
        for column in table.columns
        if ("reason" in column.name or column.name == "comment") and table.name != "dead_letters"
    }
    assert stored == READ.keys() | NOT_SHOWN.keys()
    shown = {field for route in routes if route.response for field in shown_fields(route.response(), set())}
    assert set(READ.values()) <= shown


def test_every_list_by_name_comes_as_a_person_sorts() -> None:
    """By the stored key of its table, which folds letters; the letters themselves would sort by code point."""
    for service in SERVICES:
        load(service)
    loaded = {name: module for name, module in sys.modules.items() if name.startswith("services.")}
    found = {
        f"{name}.{attribute}": value.columns["name"][0].key
        for name, module in loaded.items()
        for attribute, value in vars(module).items()
        if isinstance(value, Orders) and "name" in value.columns
    }
    assert len(found) >= 4 and set(found.values()) == {"sort_key"}, found
