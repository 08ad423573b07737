"""What imports look like in requests and answers."""

from __future__ import annotations

import json
import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from services.clients.client_import.columns import FIELDS
from services.clients.client_import.commands import Decision, ImportOptions
from services.clients.client_import.presets import PRESETS
from services.clients.client_import.rules import DECISIONS, ON_DUPLICATE, RESULTS, SAME, VALUE_CHARACTERS_MAX
from shared.errors import SLUG
from shared.jobs.schemas import STATES, JobErrorSchema
from shared.spreadsheets.spreadsheet import COLUMNS_MAX
from shared.web.fields import Instant, Map, Stripped, about, choice, written_flag
from shared.web.paging import PageQuery, page_of
from shared.web.strict_fields import Id

MAPPING_CHARACTERS_MAX = 20_000
FACT_PATTERN = rf"^({'|'.join(FIELDS)}|custom\.{SLUG.pattern})$"
FACT = re.compile(FACT_PATTERN)
FACTS = f"One of {', '.join(f'`{name}`' for name in FIELDS)}, or `custom.<slug>` of an own field."
DUPLICATES = {
    "skip": "who is a client already is left out, and who may be one waits for a decision",
    "create": "they are added as well; who stands twice in the file is added once",
}
IGNORED_REASONS = {
    "unknown": "no fact of a client is called so",
    "no_header": "nothing stands above its cells",
    "twice": "an earlier column holds the same fact",
    "left_out": "the mapping says so",
    "not_taken": "it is known and not taken from a file: next appointment",
    "not_allowed": "the importer may not do it by hand: `assignments:change` for the therapist, `invoices:issue` for"
    " the opening balance",
}
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

DECISION = {
    "create": "it is somebody new, who is added with the commit",
    "skip": "the row is left out",
    "same": "the person is the client `client_id`; nobody is added",
}


def _is_fact(fact: object) -> bool:
    return isinstance(fact, str) and FACT.fullmatch(fact) is not None


def _check_mapping(text: str) -> None:
    """Raises `ValidationError` for what is not `{"header": "fact"}`."""
    try:
        mapping = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValidationError("Not JSON.") from error
    if not isinstance(mapping, dict) or any(fact is not None and not _is_fact(fact) for fact in mapping.values()):
        raise ValidationError('Give {"header": "fact"} with facts that clients have, or null.')


class ImportForm(Stripped):
    """How a file of clients is taken."""

    mapping = fields.String(
        load_default="{}",
        validate=[validate.Length(max=MAPPING_CHARACTERS_MAX), _check_mapping],
        metadata=about(
            'JSON `{"header": "fact"}` for the columns that are to be read otherwise than by their header; null leaves'
            f" a column out. Facts: {', '.join(FIELDS)}, and `custom.<slug>` of an own field."
        ),
    )
    dry_run = written_flag("true: check every row, and add nobody until somebody commits.", load_default=True)
    on_duplicate = choice(
        ON_DUPLICATE, "What becomes of rows of people who are clients.", DUPLICATES, load_default="skip"
    )

    @post_load
    def _options(self, data: dict[str, Any], **_: Any) -> ImportOptions:
        return ImportOptions(json.loads(data["mapping"]), data["dry_run"], data["on_duplicate"])


class IgnoredSchema(Schema):
    """A column of the file that was not read."""

    column = fields.String(metadata=about("The header as it stands in the file; empty where there is none."))
    reason = choice(tuple(IGNORED_REASONS), "Why it was not read.", IGNORED_REASONS)


class ImportCountsSchema(Schema):
    """How many rows came to what."""

    created = fields.Integer(metadata=about("Rows that were added as they stand, or in a dry run would be."))
    created_with_problem = fields.Integer(
        metadata=about("Rows that were added, or in a dry run would be, without something that they say.")
    )
    errors = fields.Integer(metadata=about("Rows that cannot be added."))
    duplicates = fields.Integer(metadata=about("Rows of people who are clients, or stand further up in the file."))
    needs_decision = fields.Integer(
        metadata=about("Rows of people who may be clients already, on which nobody has decided.")
    )
    decided = fields.Integer(metadata=about("Rows on which somebody decided; they count as what they became."))
    removed = fields.Integer(metadata=about("Rows whose clients were taken back when the import was undone."))
    kept = fields.Integer(metadata=about("Rows whose clients stay although the import was undone."))


class ImportSummarySchema(Schema):
    """A file of clients, and how far it has come. It is kept for 37 days, its rows for 30."""

    id = fields.UUID(metadata=about("Id of the import."))
    state = choice(
        STATES, "How far it has come: its check, the adding of its clients, or, once it is undone, that.", STATES
    )
    dry_run = fields.Boolean(metadata=about("Whether nobody is added until somebody commits."))
    created_at = Instant(metadata=about("When the file came."))
    created_by = fields.UUID(metadata=about("Id of the member of staff or of the program that brought it."))
    undone_at = Instant(allow_none=True, metadata=about("When somebody first began to undo it; null where nobody did."))
    on_duplicate = choice(ON_DUPLICATE, "What becomes of rows of people who are clients.", DUPLICATES)
    preset = choice(
        tuple(PRESETS),
        "The program whose client list this looks like, by its headers; null where it is none of these.",
        {slug: preset.name for slug, preset in PRESETS.items()},
        allow_none=True,
    )
    mapping = fields.Dict(
        keys=fields.String(),
        values=fields.String(metadata=about("A fact of a client, such as `date_of_birth`.")),
        metadata=about("Which columns are read as what: header -> fact."),
    )
    ignored_columns = fields.List(
        fields.Nested(IgnoredSchema), metadata=about("Columns that were not read, in the order of the file.")
    )
    rows_total = fields.Integer(metadata=about("How many rows of the file have anything in them."))
    rows_done = fields.Integer(metadata=about("How many of them it is through with."))
    error = fields.Nested(
        JobErrorSchema,
        allow_none=True,
        metadata=about(
            "Why it failed: `zip_bomb`, `too_many_rows`, `too_many_columns`, `unreadable`, `encrypted` or `too_slow` of"
            " a file, else as of a job; null where it has not failed."
        ),
    )


class ImportColumnSchema(Schema):
    """A column of the file, and what it is read as."""

    column = fields.String(metadata=about("The header as it stands in the file; empty where there is none."))
    fact = fields.String(
        allow_none=True, metadata=about(f"The fact of a client that it is read as; null where it is not read. {FACTS}")
    )
    reason = choice(tuple(IGNORED_REASONS), "Why it is not read; null where it is.", IGNORED_REASONS, allow_none=True)
    examples = fields.List(fields.String(), metadata=about("What stands in its first cells."))


class MappingSchema(Schema):
    """How the columns of a file are to be read."""

    mapping = Map(
        keys=fields.String(),
        values=fields.String(
            validate=validate.Regexp(FACT_PATTERN, error="There is no such fact."),
            allow_none=True,
            metadata=about(f"A fact of a client. {FACTS}"),
        ),
        required=True,
        validate=validate.Length(min=1, max=COLUMNS_MAX),
        metadata=about(
            "Header -> fact for the columns that are to be read otherwise than by their header; null leaves a column"
            " out.",
            example={"Forenames": "given_name", "Remarks": None},
        ),
    )


class ImportSchema(ImportSummarySchema):
    """A file of clients, how far it has come, and how many of its rows came to what."""

    columns = fields.List(
        fields.Nested(ImportColumnSchema),
        metadata=about("Each column in the order of the file; none of an import whose header was not kept."),
    )

    counts = fields.Nested(ImportCountsSchema, metadata=about("How many rows came to what so far."))


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


ImportsPage = page_of(ImportSummarySchema, "Those that were started last come first.", name="ImportsPage")
ImportRowsPage = page_of(ImportRowSchema, "In the order of the file.", name="ImportRowsPage")


class ImportRowsQuery(PageQuery):
    """Which rows."""

    result = choice(
        RESULTS, "Only rows of which this became; without it all that were checked.", RESULT, load_default=None
    )
