"""What the rows of imports look like in requests and answers."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from services.clients.client_import.commands import Decision
from services.clients.client_import.rules import BOOKINGS, DECISIONS, RESULTS, SAME, VALUE_CHARACTERS_MAX
from shared.web.fields import Instant, about, choice
from shared.web.paging import PageQuery, page_of
from shared.web.strict_fields import Id

RESULT = {
    "would_create": "it can be added, and is with a commit",
    "would_create_with_problem": "it can be added, and is with a commit; `errors` say what of it cannot be done",
    "created": "it was added",
    "created_with_problem": "it was added; `errors` say what of it could not be done",
    "duplicate": "the same person is a client already or stands further up in the file, or somebody decided so",
    "needs_decision": "somebody who is a client may be the same person; it is not added unless a person decides so",
    "error": "it cannot be added, and `errors` say why",
    "removed": "it was added, and its client is deleted since: taken back with the import, or by hand",
    "kept": "it was added, and its client stays although the import was undone: `errors` say why",
}
BOOKING = {
    "waiting": "it is about to be booked",
    "booked": "it was booked; `appointment_id` names it",
    "refused": "it was not booked, and `errors` say why",
    "taken_back": "it was booked, and went with its client when the import was undone",
}
DECISION = {
    "create": "it is somebody new, who is added with the commit",
    "skip": "the row is left out",
    "same": "the person is the client `client_id`; nobody is added",
}


class ImportRowErrorSchema(Schema):
    """What is wrong with a row, or why its client stays when the import is undone."""

    field = fields.String(metadata=about("The fact, as the mapping names it; empty where it is the row as a whole."))
    code = fields.String(metadata=about("A slug that a program may switch on."))
    detail = fields.String(metadata=about("What is wrong and what to do, for people."))


class CandidateSchema(Schema):
    """A client who may be the person of a row."""

    client_id = fields.UUID(metadata=about("Id of that client."))
    score = fields.Integer(metadata=about("How likely, of a hundred."))
    reasons = fields.List(
        choice(
            ("same_name_and_birth_date", "same_contact", "similar_name"),
            "What is the same.",
            {
                "same_name_and_birth_date": "name and birthday are the same",
                "same_contact": "phone or e-mail, and a part of the name or the birthday",
                "similar_name": "the birthday, and a part of the name",
            },
        ),
        metadata=about("Why they may be the same person."),
    )


class ImportRowSchema(Schema):
    """A row of the file, and what became of it."""

    row = fields.Integer(attribute="number", metadata=about("Number of the row in the file, where the header is 1."))
    result = choice(RESULTS, "What became of it.", RESULT)
    client_id = fields.UUID(
        allow_none=True,
        metadata=about("Id of the client who was added; null where nobody was, and once they are deleted."),
    )
    errors = fields.List(
        fields.Nested(ImportRowErrorSchema),
        metadata=about("What is wrong with the row, what of it could not be done, or why its client stays."),
    )
    staff_id = fields.UUID(
        allow_none=True,
        metadata=about("Id of the member of staff whom the client is assigned to, or would be; null without one."),
    )
    candidates = fields.List(
        fields.Nested(CandidateSchema), metadata=about("Who may be the same person, the likeliest first; at most five.")
    )
    date_of_birth = fields.Date(
        allow_none=True, metadata=about("The birthday as it was understood; null where the row has an error.")
    )
    opening_balance_cents = fields.Integer(
        allow_none=True,
        metadata=about(
            "What the client owed before, in cents of US dollars, less than 0 for a credit; null where the file does"
            " not say. It is kept with the row, and posted to no ledger so far."
        ),
    )
    next_appointment_at = Instant(allow_none=True, metadata=about("When the client is to come; null for no booking."))
    booking = choice(
        BOOKINGS, "What became of the next appointment; null where none was asked for.", BOOKING, allow_none=True
    )
    appointment_id = fields.UUID(allow_none=True, metadata=about("Id of what was booked; null without `booked`."))
    decision = choice(DECISIONS, "What somebody decided; null where nobody did.", DECISION, allow_none=True)
    decided_client_id = fields.UUID(
        allow_none=True, metadata=about("Id of the client who the person of the row is; null without `same`.")
    )
    decided_by = fields.UUID(
        allow_none=True, metadata=about("Id of the member of staff or of the program that decided; null as `decision`.")
    )
    decided_at = Instant(allow_none=True, metadata=about("When that was decided; null as `decision`."))
    values = fields.Dict(
        keys=fields.String(),
        values=fields.String(metadata=about("What stands in the cell.")),
        metadata=about(
            "What the file says, as it is written there: fact -> cell, of which the first"
            f" {VALUE_CHARACTERS_MAX} characters. Empty cells are left out."
        ),
    )


class DecisionSchema(Schema):
    """What a person decides on a row."""

    decision = choice(DECISIONS, "What becomes of the row.", DECISION, required=True)
    client_id = Id(metadata=about("Id of the client who the person of the row is; with `same`, and with nothing else."))

    @validates_schema(skip_on_field_errors=True)
    def _who(self, data: dict[str, Any], **_: Any) -> None:
        if data["decision"] == SAME and "client_id" not in data:
            raise ValidationError("Say which client is the same person.", "client_id")
        if data["decision"] != SAME and "client_id" in data:
            raise ValidationError("Give a client only where the person is the same.", "client_id")

    @post_load
    def _decision(self, data: dict[str, Any], **_: Any) -> Decision:
        return Decision(**data)


ImportRowsPage = page_of(ImportRowSchema, "In the order of the file.", name="ImportRowsPage")


class ImportRowsQuery(PageQuery):
    """Which rows."""

    result = choice(
        RESULTS, "Only rows of which this became; without it all that were checked.", RESULT, load_default=None
    )
