"""What a question about access and its answer look like."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.clinical.access.rules import BECAUSE
from shared.web.fields import about, choice
from shared.web.paging import PageQuery, page_of
from shared.web.strict_fields import Id


class ExplainQuery(PageQuery):
    """Whose access to which client."""

    client_id = Id(required=True, metadata=about("Id of the client whose record it is about."))
    staff_id = Id(
        load_default=None, metadata=about("Id of one member of staff. Leave it out for everybody on the staff.")
    )


class VerdictSchema(Schema):
    """Whether somebody may open something, and by which rule."""

    allowed = fields.Boolean(metadata=about("Whether they may."))
    rule = choice(BECAUSE, "The rule that decides.", {rule: sentence.rstrip(".") for rule, sentence in BECAUSE.items()})
    because = fields.String(metadata=about("The rule in a sentence, for people."))


class CaseVerdictSchema(Schema):
    """Whether somebody may open one case. Only cases that you may read yourself are listed."""

    case_id = Id()
    name = fields.String(metadata=about("What the case is about."))
    verdict = fields.Nested(
        VerdictSchema, metadata=about("Whether they may open it with its diagnoses, plans and notes.")
    )


class ExplanationSchema(Schema):
    """What one member of staff can see of the client, and why."""

    staff_id = Id()
    display_name = fields.String()
    record = fields.Nested(VerdictSchema, metadata=about("Whether they see the client's basic data."))
    ledger = fields.Nested(
        VerdictSchema, metadata=about("Whether they see the client's ledger, invoices and payments.")
    )
    clinical = fields.Nested(
        VerdictSchema, metadata=about("Whether they see the clinical record, that is at least one of its cases.")
    )
    cases = fields.List(fields.Nested(CaseVerdictSchema), metadata=about("The same for each case."))


ExplanationsPage = page_of(ExplanationSchema, "In the order in which they came to the staff.")
