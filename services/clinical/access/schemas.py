"""What a question about access and its answer look like."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.clinical.access.rules import BECAUSE
from shared.web.paging import PageQuery, page_of


class ExplainQuery(PageQuery):
    """Whose access to whom."""

    client_id = fields.UUID(required=True)
    staff_id = fields.UUID(load_default=None, metadata={"description": "Default: everybody on the staff."})


class VerdictSchema(Schema):
    """Whether, and why."""

    allowed = fields.Boolean()
    rule = fields.String(metadata={"enum": list(BECAUSE)})
    because = fields.String()


class CaseVerdictSchema(Schema):
    """One case; only those that the asker may read are listed."""

    case_id = fields.UUID()
    name = fields.String()
    verdict = fields.Nested(VerdictSchema)


class ExplanationSchema(Schema):
    """What one person can see of the client."""

    staff_id = fields.UUID()
    display_name = fields.String()
    record = fields.Nested(VerdictSchema, metadata={"description": "Basic data."})
    ledger = fields.Nested(VerdictSchema)
    clinical = fields.Nested(VerdictSchema, metadata={"description": "The clinical record, at least a case of it."})
    cases = fields.List(fields.Nested(CaseVerdictSchema))


ExplanationsPage = page_of(ExplanationSchema)
