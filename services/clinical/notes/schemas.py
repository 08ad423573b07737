"""What note requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from services.clinical.agenda.schemas import Local, telehealth_field
from services.clinical.notes import rules
from services.clinical.notes.commands import Draft, DraftChanges
from shared.web.fields import Instant, Stripped, choice, place_of_service, several_lines
from shared.web.paging import page_of

SECTIONS_MAX = 10


def content_field(**options: Any) -> fields.Dict:
    """The sections of a note."""
    return fields.Dict(
        keys=fields.String(validate=validate.Length(1, 50)),
        values=fields.String(validate=[validate.Length(max=rules.SECTION_CHARACTERS_MAX), several_lines]),
        validate=validate.Length(max=SECTIONS_MAX),
        metadata={"description": "Section -> text; the template says which sections there are."},
        **options,
    )


def minutes_field(**options: Any) -> fields.Integer:
    """How long the service took."""
    return fields.Integer(
        strict=True,
        validate=validate.Range(1, rules.MINUTES_MAX),
        metadata={"description": "From start to stop."},
        **options,
    )


def add_ons_field(**options: Any) -> fields.List[Any]:
    """What was given in addition to the appointment's service."""
    return fields.List(
        fields.UUID(),
        validate=[validate.Length(max=rules.ADD_ONS_MAX), _each_once],
        metadata={"description": "Services given in addition to the appointment's, e.g. interactive complexity."},
        **options,
    )


def _each_once(values: list[Any]) -> None:
    if len(set(values)) != len(values):
        raise ValidationError("Each service once.")


class NewNote(Stripped):
    """A draft note."""

    client_id = fields.UUID(required=True)
    template = choice(rules.TEMPLATES, "Which sections it has.", required=True)
    content = content_field(required=True)
    started_at_local = Local(allow_none=True, metadata={"description": "Default: the appointment's start."})
    minutes = minutes_field(allow_none=True)
    place_of_service = place_of_service(allow_none=True)
    telehealth = telehealth_field()
    add_on_service_type_ids = add_ons_field(load_default=tuple)

    @post_load
    def _draft(self, data: dict[str, Any], **_: Any) -> Draft:
        return Draft(add_on_service_type_ids=tuple(data.pop("add_on_service_type_ids")), **data)


class NotePatch(Schema):
    """Changes to a draft; sections not named stay."""

    content = content_field()
    minutes = minutes_field()
    place_of_service = place_of_service(allow_none=True)
    telehealth = telehealth_field()
    add_on_service_type_ids = add_ons_field()

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> DraftChanges:
        if "add_on_service_type_ids" in data:
            data["add_on_service_type_ids"] = tuple(data["add_on_service_type_ids"])
        return DraftChanges(**data)


class AddendumSchema(Schema):
    """An addendum."""

    id = fields.UUID()
    text = fields.String()
    content_hash = fields.String()
    signed_by = fields.UUID()
    signed_at = Instant()


class SignedVersionSchema(Schema):
    """What was signed once."""

    number = fields.Integer()
    content = fields.Dict(keys=fields.String(), values=fields.String())
    minutes = fields.Integer()
    service_type_id = fields.UUID()
    started_at = Instant(allow_none=True)
    place_of_service = fields.String(allow_none=True, metadata={"description": "CMS place of service."})
    telehealth = fields.Boolean(allow_none=True)
    supervising_staff_id = fields.UUID(allow_none=True, metadata={"description": "Who supervised the clinician."})
    add_on_service_type_ids = fields.List(fields.UUID())
    reason = fields.String(allow_none=True, metadata={"description": "null: the note itself."})
    content_hash = fields.String()
    signed_by = fields.UUID()
    signed_at = Instant()
    countersignature = fields.String(
        allow_none=True, metadata={"description": "The supervisor's: approved, co_signed. null: there is none."}
    )
    countersigned_by = fields.UUID(allow_none=True)
    countersigned_at = Instant(allow_none=True)


class NoteReviewSchema(Schema):
    """What passed between the author and the supervisor, or why the note was reopened."""

    action = fields.String(metadata={"description": "submitted, withdrawn, returned, approved, co_signed, reopened."})
    comment = fields.String(allow_none=True)
    by_staff_id = fields.UUID()
    at = Instant()


class NoteHeadSchema(Schema):
    """A note without its text."""

    id = fields.UUID()
    version = fields.Integer()
    appointment_id = fields.UUID()
    client_id = fields.UUID()
    case_id = fields.UUID()
    author_id = fields.UUID()
    drafted_by = fields.UUID(
        allow_none=True, metadata={"description": "Who was with the client, where somebody else took the draft over."}
    )
    template = fields.String()
    status = fields.Function(
        lambda one: "signed" if one.signed_at else one.review or "draft",
        metadata={"description": "draft, submitted, returned, signed."},
    )
    created_at = Instant()
    signed_at = Instant(allow_none=True)


class NoteSchema(NoteHeadSchema):
    """A note: what holds now, every signed version, the addenda."""

    content = fields.Dict(keys=fields.String(), values=fields.String(), attribute="current.content")
    minutes = fields.Integer(attribute="current.minutes", allow_none=True)
    started_at = Instant(allow_none=True)
    place_of_service = fields.String(
        attribute="current.place_of_service",
        allow_none=True,
        metadata={"description": "CMS place of service. null in a draft: as booked."},
    )
    telehealth = fields.Boolean(
        attribute="current.telehealth", allow_none=True, metadata={"description": "null in a draft: as booked."}
    )
    add_on_service_type_ids = fields.List(fields.UUID(), attribute="current.add_on_service_type_ids")
    signed_by = fields.UUID(allow_none=True)
    content_hash = fields.Function(lambda one: one.versions[-1].content_hash if one.versions else None)
    versions = fields.List(fields.Nested(SignedVersionSchema))
    addenda = fields.List(fields.Nested(AddendumSchema))
    submitted_at = Instant(allow_none=True, metadata={"description": "Since when it waits for the supervisor."})
    reviews = fields.List(fields.Nested(NoteReviewSchema))


NotesPage = page_of(NoteHeadSchema)
