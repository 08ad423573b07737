"""What a table of people to invite, and the report about it, look like."""

from __future__ import annotations

from typing import IO, Any

from marshmallow import Schema, ValidationError, fields

from services.identity.staff.schemas import NewMember, ineffective_grants
from services.identity.staff_import.commands import Row, Sheet
from services.identity.staff_import.rules import ROWS_MAX, columns_of, ignored_columns, invitation_of
from shared.errors import FieldError
from shared.spreadsheets.spreadsheet import read_table
from shared.web.fields import Stripped, about, choice, written_flag

OUTCOMES = ("invited", "would_be_invited", "exists", "twice_in_file", "refused")


class StaffImport(Stripped):
    """How a table of people to invite is taken."""

    dry_run = written_flag("true: report what would be done, and do nothing.", load_default=False)


class RowErrorSchema(Schema):
    """What is wrong with a cell."""

    field = fields.String(
        metadata=about("The column, as its field is named in `POST /staff`; empty where it is the row as a whole.")
    )
    code = fields.String(metadata=about("A slug that a program may switch on."))
    detail = fields.String(metadata=about("What is wrong and what to do, for people."))


class RowReportSchema(Schema):
    """What became of a row."""

    row = fields.Integer(metadata=about("Number of the row in the file, where the header is 1."))
    email = fields.String(metadata=about("The address as it stands in the file, which may be none."))
    levels = fields.List(
        fields.String(), metadata=about("The levels that the row gives; empty where the row cannot be read.")
    )
    ineffective_grants = ineffective_grants()
    outcome = choice(
        OUTCOMES,
        "What became of the row.",
        {
            "invited": "a mail is on its way",
            "would_be_invited": "in a dry run",
            "exists": "somebody on the staff has the address",
            "twice_in_file": "an earlier row has the address",
            "refused": "see `errors`",
        },
    )
    staff_id = fields.UUID(
        allow_none=True, metadata=about("Id of the new member of staff; null where nobody was invited.")
    )
    errors = fields.List(fields.Nested(RowErrorSchema), metadata=about("What is wrong with a refused row."))


class IgnoredColumnSchema(Schema):
    """A column of the file that was not read."""

    column = fields.String(metadata=about("The header as it stands in the file; empty where there is none."))
    position = fields.Integer(metadata=about("Number of the column in the file, where the first is 1."))
    reason = choice(
        ("unknown", "no_header"),
        "Why it was not read.",
        {"unknown": "no column of people is called so", "no_header": "nothing stands above its cells"},
    )


class StaffReportSchema(Schema):
    """What became of the table."""

    dry_run = fields.Boolean(metadata=about("Whether nothing was done."))
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(metadata=about("How many rows.")),
        metadata=about("How many rows had each outcome: outcome -> number of rows."),
    )
    ignored_columns = fields.List(
        fields.Nested(IgnoredColumnSchema), metadata=about("Columns that were not read, in the order of the file.")
    )
    rows = fields.List(
        fields.Nested(RowReportSchema), metadata=about("Each row that is not empty, in the order of the file.")
    )


def sheet_of(file: IO[bytes]) -> Sheet:
    """What the file says: each row checked as an invitation would be; empty ones are left out.

    Raises `UnreadableFile`, `TooManyRows`, `ColumnsMissing`.
    """
    lines = read_table(file.read(), ROWS_MAX)
    columns = columns_of(lines[0] if lines else [])
    schema = NewMember()
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cells):
            continue
        given = invitation_of(columns, cells)
        try:
            details = schema.load(given)
            rows.append(Row(number, details.email, details))
        except ValidationError as error:
            errors = tuple(_errors(dict(error.messages_dict)))
            rows.append(Row(number, str(given.get("email", "")), None, errors))
    return Sheet(tuple(rows), tuple(ignored_columns(lines, columns)))


def _errors(messages: dict[str, Any], above: str = "") -> list[FieldError]:
    found = []
    for name, what in messages.items():
        field = f"{above}{name}"
        if isinstance(what, dict):
            found += _errors(what, f"{field}.")
        else:
            found += [FieldError(field, "invalid", str(text)) for text in what]
    return found
