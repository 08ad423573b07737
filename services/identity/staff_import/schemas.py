"""What a table of people to invite, and the report about it, look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from services.identity.staff.schemas import NewMember
from services.identity.staff_import.commands import Row
from services.identity.staff_import.rules import COLUMNS, ROWS_MAX, columns_of, invitation_of
from shared.errors import FieldError
from shared.spreadsheets.spreadsheet import KINDS, read_table
from shared.web.fields import Content, Stripped, choice, flag

OUTCOMES = ("invited", "would_be_invited", "exists", "twice_in_file", "refused")


class StaffTable(Stripped):
    """A table of people to invite."""

    kind = choice(KINDS, "Kind of file.", required=True)
    content = Content(
        required=True,
        metadata={"description": f"The file in base64, at most {ROWS_MAX} rows. Columns: {', '.join(COLUMNS)}."},
    )
    dry_run = flag("Only report what would be done.", load_default=False)


class RowErrorSchema(Schema):
    """What is wrong with a cell."""

    field = fields.String()
    code = fields.String()
    detail = fields.String()


class RowReportSchema(Schema):
    """What became of a row."""

    row = fields.Integer(metadata={"description": "As in the file; the header is 1."})
    email = fields.String()
    outcome = fields.String(validate=validate.OneOf(OUTCOMES))
    staff_id = fields.UUID(allow_none=True)
    errors = fields.List(fields.Nested(RowErrorSchema))


class StaffReportSchema(Schema):
    """What became of the table."""

    dry_run = fields.Boolean()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    rows = fields.List(fields.Nested(RowReportSchema))


def rows_of(kind: str, content: bytes) -> list[Row]:
    """The rows of the file, each checked as an invitation would be; empty ones are left out.

    Raises `UnreadableFile`, `TooManyRows`, `ColumnsMissing`.
    """
    table = read_table(content, kind, ROWS_MAX)
    columns = columns_of(table[0] if table else [])
    schema = NewMember()
    rows = []
    for number, cells in enumerate(table[1:], start=2):
        if not any(cells):
            continue
        given = invitation_of(columns, cells)
        try:
            details = schema.load(given)
            rows.append(Row(number, details.email, details))
        except ValidationError as error:
            errors = tuple(_errors(dict(error.messages_dict)))
            rows.append(Row(number, str(given.get("email", "")), None, errors))
    return rows


def _errors(messages: dict[str, Any], above: str = "") -> list[FieldError]:
    found = []
    for name, what in messages.items():
        field = f"{above}{name}"
        if isinstance(what, dict):
            found += _errors(what, f"{field}.")
        else:
            found += [FieldError(field, "invalid", str(text)) for text in what]
    return found
