"""What the worklist asks and answers."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.clinical.worklist import rules
from shared.web.fields import Instant, about, choice
from shared.web.paging import PageQuery, page_of
from shared.web.strict_fields import Id

MEANINGS = {
    "draft": "a note of yours to finish",
    "no_note": "a past appointment of yours without a note",
    "returned": "a note of yours that the supervisor returned",
    "to_approve": "a note of somebody whom you supervise, to approve",
    "to_cosign": "a note of somebody whom you supervise, to co-sign",
    "plan_to_sign": "a draft treatment plan of somebody whom you supervise, to sign",
    "plan_due": "a treatment plan of a case of yours, to review",
    "submitted": "a note of yours that waits for your supervisor; listed only where it is the kind asked for",
}


class WorklistQuery(PageQuery):
    """Which kind of work, and about whom, in pages."""

    kind = choice(
        rules.KINDS, "One kind alone. Leave it out for what is your turn.", MEANINGS, load_default=None, allow_none=True
    )
    client_id = Id(load_default=None, metadata=about("Id of a client. Leave it out for what is about anybody."))


class WorkSchema(Schema):
    """Something that waits for you."""

    kind = choice(rules.KINDS, "What is to be done.", MEANINGS)
    note_id = Id(allow_none=True, metadata=about("Id of the note; null where there is none."))
    appointment_id = Id(allow_none=True, metadata=about("Id of the appointment; null for a plan."))
    case_id = Id(allow_none=True, metadata=about("Id of the case; null where none was named."))
    client_id = Id(metadata=about("Id of the client."))
    author_id = Id(
        allow_none=True, metadata=about("Id of who wrote the note or the plan; null where nothing is written yet.")
    )
    since = Instant(
        metadata=about("Since when it waits; of a plan, when it was signed; of a draft, when it was written.")
    )
    starts_at = Instant(allow_none=True, metadata=about("When the appointment begins; null for a plan."))
    due_on = fields.Date(allow_none=True, metadata=about("The day of a plan's review; null for everything else."))


_Counts = Schema.from_dict(
    {kind: fields.Integer(metadata=about("How much there is of this kind.")) for kind in rules.KINDS},
    name="WorklistCounts",
)
_Counts.__doc__ = "How much waits, of each kind."


class WorklistPage(page_of(WorkSchema, "What waits longest comes first.")):  # type: ignore[misc]  # a made base
    """A page of the worklist."""

    counts = fields.Nested(
        _Counts,
        metadata=about(f"Of every kind, about that client where one is named; {rules.COUNTED_MAX}: or more."),
    )
