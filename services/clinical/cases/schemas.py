"""What case requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.clinical.cases import rules
from services.clinical.cases.commands import CaseChanges, CaseDetails
from shared.web.fields import NAME_MAX, Instant, Stripped, choice, text
from shared.web.paging import page_of

STAFF_MAX = 50


class NewCase(Stripped):
    """A case to open."""

    client_id = fields.UUID(required=True)
    name = text(NAME_MAX, "e.g. Individual therapy.", required=True)
    staff_ids = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=STAFF_MAX),
        metadata={"description": "Who else is on it."},
    )

    @post_load
    def _details(self, data: dict[str, Any], **_: Any) -> CaseDetails:
        return CaseDetails(**data)


class CasePatch(Stripped):
    """Changes to a case."""

    name = text(NAME_MAX, "e.g. Individual therapy.")
    status = choice(rules.STATUSES, "Closed cases stay readable; nothing new is written into them.")

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> CaseChanges:
        return CaseChanges(**data)


class CaseSchema(Schema):
    """A case."""

    id = fields.UUID()
    version = fields.Integer()
    client_id = fields.UUID()
    name = fields.String()
    status = fields.String()
    created_at = Instant()


class CaseWithStaffSchema(CaseSchema):
    """A case and who is on it."""

    staff_ids = fields.List(fields.UUID())


CasesPage = page_of(CaseSchema)
