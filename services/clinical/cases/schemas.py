"""What case requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.clinical.cases import rules
from services.clinical.cases.commands import CaseChanges, CaseDetails
from shared.web.fields import NAME_MAX, Instant, Stripped, about, choice, text
from shared.web.paging import page_of
from shared.web.strict_fields import Id

STAFF_MAX = 50
REASON_MAX = 500


def _name(**options: Any) -> fields.String:
    return text(NAME_MAX, "What the case is about, such as Individual therapy.", **options)


def _status() -> fields.String:
    meanings = {"open": "it is worked on", "closed": "it can be read, and nothing new is written into it"}
    return choice(rules.STATUSES, "Whether the case is worked on.", meanings)


def _closing_reason(description: str, **options: Any) -> fields.String:
    meanings = {
        "goals_met": "the client reached what they came for",
        "ended_by_client": "the client ended it",
        "ended_by_clinician": "the clinician ended it",
        "referred": "somebody else goes on with it",
        "lost_contact": "the client could no longer be reached",
        rules.OTHER: "`reason` says why",
    }
    return choice(rules.CLOSING_REASONS, description, meanings, **options)


class NewCase(Stripped):
    """A case to open: one client's treatment for one purpose."""

    client_id = Id(required=True)
    name = _name(required=True)
    staff_ids = fields.List(
        Id(),
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
    closing_reason = _closing_reason("Why it is closed, in a word. Send it with the status `closed`.")
    reason = text(
        REASON_MAX,
        "Why it is closed or opened again. It is kept in the case's history. Send it with a status.",
        lines=True,
    )

    @validates_schema
    def _reasons(self, data: dict[str, Any], **_: Any) -> None:
        status, why = data.get("status"), data.get("closing_reason")
        if why and status != "closed":
            raise ValidationError("Send this with the status closed.", "closing_reason")
        if "reason" in data and status is None:
            raise ValidationError("Send this with a status.", "reason")
        if why == rules.OTHER and not data.get("reason"):
            raise ValidationError("Say why.", "reason")

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> CaseChanges:
        return CaseChanges(**data)


class CaseSchema(Schema):
    """A case: one client's treatment for one purpose, with its diagnoses, plans and notes."""

    id = Id()
    version = fields.Integer()
    client_id = Id()
    name = _name()
    status = _status()
    created_at = Instant()


class CaseWithStaffSchema(CaseSchema):
    """A case, and who is on it."""

    staff_ids = fields.List(Id(), metadata=about("Ids of the members of staff who are on the case."))


CasesPage = page_of(CaseSchema, "Oldest first.")


class CaseMemberChangeSchema(Schema):
    """Somebody was put on a case, or taken off."""

    at = Instant(metadata=about("When it happened."))
    by = Id(
        attribute="by_staff_id",
        allow_none=True,
        metadata=about(
            "Id of the member of staff or of the program that did it; null: they were assigned to the client or taken "
            "off the client."
        ),
    )
    staff_id = Id(metadata=about("Id of the member of staff who was put on the case or taken off."))
    change = choice(
        ("assigned", "unassigned"),
        "What happened.",
        {"assigned": "they came onto the case", "unassigned": "they were taken off the case"},
        attribute="assigned_or_not",
    )


CaseMemberHistoryPage = page_of(CaseMemberChangeSchema, "Newest first.", name="CaseMemberHistoryPage")


class CaseStatusChangeSchema(Schema):
    """A case was closed, or opened again."""

    at = Instant(metadata=about("When it happened."))
    by = Id(attribute="by_staff_id", metadata=about("Id of the member of staff who did it."))
    status = _status()
    closing_reason = _closing_reason(
        "Why it was closed, in a word; null where nobody gave one, and where it was opened again.", allow_none=True
    )
    reason = fields.String(allow_none=True, metadata=about("Why, where somebody wrote it down."))


CaseStatusHistoryPage = page_of(CaseStatusChangeSchema, "Newest first.", name="CaseStatusHistoryPage")
