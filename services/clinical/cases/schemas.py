"""What case requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.clinical.cases import rules
from services.clinical.cases.commands import CaseChanges, CaseDetails
from shared.web.fields import NAME_MAX, Instant, Stripped, about, choice, text
from shared.web.paging import page_of

STAFF_MAX = 50


def _name(**options: Any) -> fields.String:
    return text(NAME_MAX, "What the case is about, such as Individual therapy.", **options)


def _status() -> fields.String:
    meanings = {"open": "it is worked on", "closed": "it can be read, and nothing new is written into it"}
    return choice(rules.STATUSES, "Whether the case is worked on.", meanings)


class NewCase(Stripped):
    """A case to open: one client's treatment for one purpose."""

    client_id = fields.UUID(required=True)
    name = _name(required=True)
    staff_ids = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=STAFF_MAX),
        metadata=about("Ids of those who are on the case besides you and your supervisor."),
    )

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> CaseDetails:
        return CaseDetails(**data)


class CasePatch(Stripped):
    """Changes to a case. What is left out stays."""

    name = _name()
    status = _status()

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> CaseChanges:
        return CaseChanges(**data)


class CaseSchema(Schema):
    """A case: one client's treatment for one purpose, with its diagnoses, plans and notes."""

    id = fields.UUID()
    version = fields.Integer()
    client_id = fields.UUID()
    name = _name()
    status = _status()
    created_at = Instant()


class CaseWithStaffSchema(CaseSchema):
    """A case, and who is on it."""

    staff_ids = fields.List(fields.UUID(), metadata=about("Ids of the members of staff who are on the case."))


CasesPage = page_of(CaseSchema, "Oldest first.")


class CaseMemberChangeSchema(Schema):
    """Somebody was put on a case, or taken off."""

    at = Instant(metadata=about("When it happened."))
    by = fields.UUID(
        attribute="by_staff_id",
        allow_none=True,
        metadata=about(
            "Id of the member of staff or of the program that did it; null: they were assigned to the client or taken "
            "off the client."
        ),
    )
    staff_id = fields.UUID(metadata=about("Id of the member of staff who was put on the case or taken off."))
    change = choice(
        ("assigned", "unassigned"),
        "What happened.",
        {"assigned": "they came onto the case", "unassigned": "they were taken off the case"},
        attribute="assigned_or_not",
    )


CaseMemberHistoryPage = page_of(CaseMemberChangeSchema, "Newest first.", name="CaseMemberHistoryPage")
