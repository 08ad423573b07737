"""What note requests and answers look like."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.clinical.agenda.schemas import Local, telehealth_field
from services.clinical.notes import rules
from services.clinical.notes.commands import Draft, DraftChanges
from services.clinical.notes.focus_schemas import add_ons_field, goal_keys_field, risk_field, shown_goals
from shared.durations import SERVICE_MINUTES_MAX
from shared.web.fields import Instant, Map, Stripped, Text, about, choice, explained, place_of_service
from shared.web.paging import page_of
from shared.web.strict_fields import Id

SECTIONS_MAX = 10
STATUSES = {
    "draft": "its author may change it",
    "submitted": "it waits for the supervisor",
    "returned": "the supervisor asks its author to change it",
    "discarded": "nobody needs it; it is kept as it was",
    "signed": "it never changes",
}
BEGAN = "When the service began: on the day of the appointment, or a day earlier or later."
SIGNER = "the member of staff who signed it"
COUNTERSIGNER = "the supervisor who approved or co-signed it"
MINUTES = "Minutes that the service took, from start to stop. They decide what is billed."


def content_field(**options: Any) -> Map:
    """The sections of a note."""
    return Map(
        keys=fields.String(validate=validate.Length(1, 50)),
        values=Text(
            lines=True,
            may_be_blank=True,  # in a draft; a section that must say something is looked at when the note is signed
            validate=validate.Length(max=rules.SECTION_CHARACTERS_MAX),
            metadata=about("The text of the section, which may have several lines."),
        ),
        validate=validate.Length(max=SECTIONS_MAX),
        metadata=about("Section -> text. `template` says which sections there are."),
        **options,
    )


def minutes_field(description: str = MINUTES, **options: Any) -> fields.Integer:
    """How long the service took."""
    most = validate.Range(1, SERVICE_MINUTES_MAX)
    return fields.Integer(strict=True, validate=most, metadata=about(description), **options)


def template_field(description: str = "The form of the note, by its sections.", **options: Any) -> fields.String:
    """Which sections a note has."""
    meanings = {template: ", ".join(sections) for template, sections in rules.TEMPLATES.items()}
    return choice(rules.TEMPLATES, description, meanings, **options)


def shown_content(**options: Any) -> fields.Dict:
    """The sections of a note in an answer."""
    return fields.Dict(
        keys=fields.String(),
        values=fields.String(metadata=about("The text of the section.")),
        metadata=about("Section -> text. `template` says which sections there are."),
        **options,
    )


class NewNote(Stripped):
    """A draft note about one client of an appointment."""

    client_id = Id(required=True, metadata=about("Id of the client whom it is about, one of the appointment's."))
    case_id = Id(
        allow_none=True,
        metadata=about(
            "Id of the case that the note belongs to. Default: the appointment's, else the only open case of the "
            "client that you work in."
        ),
    )
    template = template_field(required=True)
    content = content_field(required=True)
    started_at_local = Local(allow_none=True, metadata=about(f"{BEGAN} Default: the appointment's start."))
    minutes = minutes_field(f"{MINUTES} Default: as long as it was booked for.", allow_none=True)
    place_of_service = place_of_service(allow_none=True)
    telehealth = telehealth_field()
    add_on_service_type_ids = add_ons_field(load_default=tuple)
    goals = goal_keys_field(load_default=tuple)
    risk = risk_field(load_default=None)

    @post_load
    def _draft(self, data: dict[str, Any], **_: Any) -> Draft:
        return Draft(**data | {name: tuple(data[name]) for name in ("add_on_service_type_ids", "goals")})


class NotePatch(Schema):
    """Changes to a draft. Sections that are not named stay."""

    template = template_field(
        "Another form of the note, until its first version is signed. Sections that both have stay; the text of the "
        "others goes into the first section that only the new one has, each under its name."
    )
    content = content_field()
    started_at_local = Local(allow_none=True, metadata=about(f"{BEGAN} null: at the appointment's start."))
    minutes = minutes_field()
    place_of_service = place_of_service(allow_none=True)
    telehealth = telehealth_field()
    add_on_service_type_ids = add_ons_field()
    goals = goal_keys_field()
    risk = risk_field()

    @post_load
    def _changes(self, data: dict[str, Any], **_: Any) -> DraftChanges:
        data |= {name: tuple(data[name]) for name in ("add_on_service_type_ids", "goals") if name in data}
        return DraftChanges(**data)


def signer_name(whose: str, **options: Any) -> fields.String:
    """How somebody was called when they signed."""
    description = (
        f"Name of {whose}, as it was then; of what was signed before names were kept: of today. null: not known."
    )
    return fields.String(allow_none=True, metadata=about(description), **options)


def signer_credentials(whose: str, **options: Any) -> fields.List[Any]:
    """What stood behind that name."""
    description = f"Credentials of {whose}, as they were then, in the order they print in; null: not known."
    return fields.List(fields.String(), allow_none=True, metadata=about(description), **options)


class _Signed(Schema):
    signed_by = Id(metadata=about("Id of the member of staff who signed it."))
    signed_by_name = signer_name(SIGNER)
    signed_by_credentials = signer_credentials(SIGNER, attribute="signer_credentials")
    signed_at = Instant(metadata=about("When it was signed."))


class AddendumSchema(_Signed):
    """Something added to a signed note, which itself stays as it is."""

    id = Id()
    text = fields.String(metadata=about("What was added."))
    content_hash = fields.String(metadata=about("SHA-256, in hexadecimal, of what was signed."))


class SignedVersionSchema(_Signed):
    """A version of a note as it was signed. It never changes."""

    number = fields.Integer(metadata=about("1: the note itself; 2, 3 …: each amendment."))
    content = shown_content()
    goals = shown_goals()
    risk = risk_field()
    minutes = fields.Integer(metadata=about("Minutes that the service took, from start to stop."))
    service_type_id = Id(metadata=about("Id of the service that this version says was given."))
    started_at = Instant(allow_none=True, metadata=about("When the service began; null where it is not known."))
    place_of_service = fields.String(
        allow_none=True, metadata=about("Place of service code (CMS); null where it is not known.")
    )
    telehealth = fields.Boolean(
        allow_none=True, metadata=about("Whether it was given by telehealth; null where it is not known.")
    )
    supervising_staff_id = Id(
        allow_none=True, metadata=about("Id of the clinician who supervised; null where nobody did.")
    )
    add_on_service_type_ids = fields.List(Id(), metadata=about("Ids of the services that were given in addition."))
    reason = fields.String(allow_none=True, metadata=about("Why the note was amended; null for the note itself."))
    content_hash = fields.String(metadata=about("SHA-256, in hexadecimal, of what was signed."))
    countersignature = fields.String(
        allow_none=True, metadata=about("The supervisor's signature: approved, co_signed; null where there is none.")
    )
    countersigned_by = Id(
        allow_none=True, metadata=about("Id of the supervisor who approved or co-signed it; null where nobody did.")
    )
    countersigned_by_name = signer_name(COUNTERSIGNER)
    countersigned_by_credentials = signer_credentials(COUNTERSIGNER, attribute="countersigner_credentials")
    countersigned_at = Instant(
        allow_none=True, metadata=about("When the supervisor approved or co-signed it; null where nobody did.")
    )


class NoteReviewSchema(Schema):
    """What passed between the author and the supervisor, or why the note was reopened or discarded."""

    action = fields.String(
        metadata=about("What was done: submitted, withdrawn, returned, approved, co_signed, reopened, discarded.")
    )
    comment = fields.String(allow_none=True, metadata=about("What was said about it; null where nothing was."))
    by_staff_id = Id(metadata=about("Id of the member of staff who did it."))
    at = Instant(metadata=about("When it was done."))


class NoteHeadSchema(Schema):
    """A note without its text."""

    id = Id()
    version = fields.Integer()
    appointment_id = Id()
    client_id = Id()
    case_id = Id()
    author_id = Id(metadata=about("Id of the member of staff who writes and signs it."))
    drafted_by = Id(
        allow_none=True,
        metadata=about(
            "Id of the clinician who was with the client, where somebody else has taken the draft over; null otherwise."
        ),
    )
    template = template_field()
    status = fields.Function(
        lambda note: "signed" if note.signed_at else note.review or "draft",
        metadata=about(
            explained(STATUSES, STATUSES),
            type="string",
            enum=list(STATUSES),
        ),
    )
    created_at = Instant()
    signed_at = Instant(allow_none=True, metadata=about("When the note itself was signed; null while it is a draft."))


class NoteSchema(NoteHeadSchema):
    """A note: what holds now, every signed version, the addenda."""

    awaited_supervisor_id = Id(allow_none=True, metadata=about("Id of the supervisor it was submitted to; else null."))
    content = shown_content(attribute="current.content")
    goals = shown_goals(attribute="current.goals")
    risk = risk_field(attribute="current.risk")
    minutes = fields.Integer(
        attribute="current.minutes",
        allow_none=True,
        metadata=about("Minutes that the service took, by the latest version."),
    )
    started_at = Instant(
        allow_none=True,
        metadata=about(
            "When the service began, where it was another time than the appointment's start; null otherwise."
        ),
    )
    signed_by = Id(
        allow_none=True,
        metadata=about("Id of the member of staff who signed the note itself; null while it is a draft."),
    )
    signed_by_name = signer_name(SIGNER)
    signed_by_credentials = signer_credentials(SIGNER)
    content_hash = fields.Function(
        lambda note: note.versions[-1].content_hash if note.versions else None,
        metadata=about(
            "SHA-256, in hexadecimal, of the latest signed version; null while it is a draft.", type=["string", "null"]
        ),
    )
    versions = fields.List(
        fields.Nested(SignedVersionSchema), metadata=about("What was signed, oldest first; empty while it is a draft.")
    )
    addenda = fields.List(
        fields.Nested(AddendumSchema), metadata=about("What was added after it was signed, oldest first.")
    )
    place_of_service = fields.String(
        attribute="current.place_of_service",
        allow_none=True,
        metadata=about("Place of service code (CMS); null in a draft: as it was booked."),
    )
    telehealth = fields.Boolean(
        attribute="current.telehealth",
        allow_none=True,
        metadata=about("Whether it was given by telehealth; null in a draft: as it was booked."),
    )
    add_on_service_type_ids = fields.List(
        Id(),
        attribute="current.add_on_service_type_ids",
        metadata=about("Ids of the services that were given in addition."),
    )
    submitted_at = Instant(
        allow_none=True, metadata=about("Since when it waits for the supervisor; null where it does not.")
    )
    reviews = fields.List(
        fields.Nested(NoteReviewSchema),
        metadata=about(
            "What passed between the author and the supervisor; why it was reopened or discarded. Oldest first."
        ),
    )


class FormerNoteSchema(NoteHeadSchema):
    """A note without its text that you signed in a case you left."""

    readable_until = Instant(metadata=about("Until when you may read it."))


FormerNotesPage = page_of(FormerNoteSchema, "Newest first.", name="FormerNotesPage")
OrphanDraftsPage = page_of(NoteHeadSchema, "Oldest first.", name="OrphanDraftsPage")
