"""What lists of notes ask and answer."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.clinical.note_lists import rules
from services.clinical.note_lists.queries import NotesWanted
from services.clinical.notes.schemas import STATUSES, NoteHeadSchema, template_field
from shared.web.fields import Day, Instant, Stripped, Text, about, choice
from shared.web.paging import PageQuery, page_of
from shared.web.strict_fields import Id

FROM = "First day of the sessions, by the practice's calendar. Leave it out for an open beginning."
TO = "Last day of the sessions, with that day. Leave it out for an open end."


class NotesQuery(PageQuery):
    """Which notes, in pages."""

    author_id = Id(load_default=None, metadata=about("Id of the member of staff who writes and signs them."))
    client_id = Id(load_default=None, metadata=about("Id of a client whom they are about."))
    status = choice(
        STATUSES,
        "Those in one state. Leave it out for all but discarded ones.",
        STATUSES,
        load_default=None,
        allow_none=True,
    )
    template = template_field("Those of one form, by its sections.", load_default=None, allow_none=True)
    first = Day(data_key="from", load_default=None, metadata=about(FROM))
    last = Day(data_key="to", load_default=None, metadata=about(TO))

    @post_load
    def _wanted(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        page = {name: data.pop(name) for name in ("limit", "cursor")}
        return {"wanted": NotesWanted(**data), **page}


class NoteLineSchema(NoteHeadSchema):
    """A note with its session and one line of its text."""

    starts_at = Instant(metadata=about("When the session starts."))
    ends_at = Instant(metadata=about("When the session ends."))
    time_zone = fields.String(metadata=about("The time zone in which the session was booked."))
    service_type_id = Id(metadata=about("Id of the service that the session was booked for."))
    line = fields.String(
        allow_none=True,
        metadata=about(
            f"The first line of the note as it holds now, or the line that was found; cut after "
            f"{rules.LINE_CHARACTERS_MAX} characters. null: nothing is written yet."
        ),
    )
    addenda = fields.Integer(metadata=about("How many addenda it has."))


class WordsWanted(Stripped):
    """Words to look for in the notes of a case."""

    words = Text(
        required=True,
        validate=validate.Length(rules.WORDS_MIN, rules.WORDS_MAX),
        metadata=about("What to look for, upper and lower case alike; it stands together in one line of a note."),
    )


NotesPage = page_of(NoteLineSchema, "The last session first.", name="NotesPage")
CaseNotesPage = page_of(NoteLineSchema, "The last begun first.", name="CaseNotesPage")


class NotesFound(Schema):
    """The notes of a case that hold the words."""

    items = fields.List(
        fields.Nested(NoteLineSchema), metadata=about(f"The last begun first, at most {rules.FOUND_MAX}.")
    )
    more = fields.Boolean(
        metadata=about(
            f"Whether more notes hold them, or the case has more than the {rules.SEARCHED_MAX} notes that are looked "
            "through."
        )
    )
