"""What imports look like in requests and answers."""

from __future__ import annotations

import json
import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from services.clients.client_import.columns import FIELDS
from services.clients.client_import.commands import ColumnsRead, ImportOptions
from services.clients.client_import.presets import PRESETS
from services.clients.client_import.rules import ON_DUPLICATE
from shared.errors import SLUG
from shared.jobs.schemas import STATES, JobErrorSchema
from shared.spreadsheets.spreadsheet import COLUMNS_MAX
from shared.web.fields import Instant, Map, Stripped, about, choice, written_flag
from shared.web.paging import page_of
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
    "not_taken": "of an import from before next appointments were taken from a file",
    "not_allowed": "the importer may not do it by hand: `assignments:change` for the therapist, `invoices:issue` for"
    " the opening balance, `appointments:create` for the next appointment",
}
_SERVICE = about("Id of the service of the next appointments; null: the only one that the practice has.")


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

    next_appointment_service_id = Id(load_default=None, metadata=_SERVICE)

    @post_load
    def _options(self, data: dict[str, Any], **_: Any) -> ImportOptions:
        service_id = data["next_appointment_service_id"]
        return ImportOptions(json.loads(data["mapping"]), data["dry_run"], data["on_duplicate"], service_id)


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
    needs_decision = fields.Integer(metadata=about("Rows of people who may be clients, on which nobody has decided."))
    decided = fields.Integer(metadata=about("Rows on which somebody decided; they count as what they became."))
    bookings_waiting = fields.Integer(metadata=about("Rows whose next appointments are about to be booked."))
    bookings_taken_back = fields.Integer(
        metadata=about("Appointments that the import booked and that went with their clients when it was undone.")
    )
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
    next_appointment_service_id = fields.UUID(allow_none=True, metadata=_SERVICE)
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
    next_appointment_service_id = Id(load_default=None, allow_none=True, metadata=_SERVICE)

    @post_load
    def _columns(self, data: dict[str, Any], **_: Any) -> ColumnsRead:
        return ColumnsRead(data["mapping"], data["next_appointment_service_id"])


class ImportSchema(ImportSummarySchema):
    """A file of clients, how far it has come, and how many of its rows came to what."""

    columns = fields.List(
        fields.Nested(ImportColumnSchema),
        metadata=about("Each column in the order of the file; none of an import whose header was not kept."),
    )

    counts = fields.Nested(ImportCountsSchema, metadata=about("How many rows came to what so far."))


ImportsPage = page_of(ImportSummarySchema, "Those that were started last come first.", name="ImportsPage")
