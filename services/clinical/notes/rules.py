"""What holds of drafts: the templates, and who edits what. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from shared.calendar_words import day_in_words
from shared.errors import Conflict, FieldError, Forbidden, Invalid

# Template -> its sections, all of which must have text before the note is signed.
TEMPLATES: Final[dict[str, tuple[str, ...]]] = {
    "soap": ("subjective", "objective", "assessment", "plan"),
    "dap": ("data", "assessment", "plan"),
    "birp": ("behavior", "intervention", "response", "plan"),
    "girp": ("goals", "intervention", "response", "plan"),
    "narrative": ("text",),
}
# What the author of a note says of the risk, from the least.
RISKS: Final[Mapping[str, str]] = {
    "none": "none was reported",
    "low": "low",
    "moderate": "moderate",
    "high": "high",
}
GOALS_MAX: Final = 50
SECTION_CHARACTERS_MAX: Final = 50_000
ADD_ONS_MAX: Final = 5
DISCARDED: Final = "discarded"


@dataclass(frozen=True, slots=True)
class ServiceGiven:
    """What a signed version says of the service, apart from its text: each field is a column of `SignedVersion`.

    Billing is told of every field, and again when a later version changes one. None means not known.
    """

    service_type_id: UUID
    minutes: int
    started_at: datetime | None
    place_of_service: str | None
    telehealth: bool | None
    supervising_staff_id: UUID | None
    add_on_service_type_ids: tuple[UUID, ...]

    @property
    def stopped_at(self) -> datetime | None:
        """When it ended: `minutes` run from start to stop."""
        return self.started_at and self.started_at + timedelta(minutes=self.minutes)


class NoteExists(Conflict):
    """One note per appointment and client; more is said in it or in an addendum."""

    code = "note_exists"
    detail = "There is a note for this client and appointment already."


class CaseNeeded(Conflict):
    """A note belongs to a case, and of those that its author works in no single one is open."""

    code = "case_needed"
    detail = "Say with case_id to which open case of the client the note belongs, or open one."


class NotTheClinician(Conflict):
    """Who writes the note is who gave the service: it is billed as theirs."""

    denies = True
    code = "not_the_clinician"
    detail = "This appointment is another clinician's. They document it, unless its clinician is changed first."


class NoteSigned(Conflict):
    """A signed note does not change."""

    code = "note_signed"
    detail = "This note is signed. Add an addendum or an amendment."


class FormatSigned(Conflict):
    """Every version of a note has the sections of the first."""

    code = "format_signed"
    detail = "This note was signed in this format, so its next version has it too."


class NoteSubmitted(Conflict):
    """What waits for a supervisor stays as its author signed it."""

    code = "note_submitted"
    detail = "This note waits for the supervisor. Its author can withdraw it."


class NoteDiscarded(Conflict):
    """What was discarded is kept as it was."""

    code = "note_discarded"
    detail = "This draft was discarded. Write another one."


class NotAuthorOfDraft(Forbidden):
    """A draft is its author's."""

    code = "not_author"
    detail = "Only the author edits a note."


class NotOrphaned(Conflict):
    """A draft stays its author's while they can finish it."""

    code = "not_orphaned"
    detail = "Its author can finish this draft."


class CannotFinish(Conflict):
    """A draft goes to somebody who can finish it."""

    code = "cannot_finish"
    detail = "The person who takes over is not on this case, or has no level that signs notes."


def ensure_the_clinician(author_id: UUID, clinician_id: UUID) -> None:
    """Raises `NotTheClinician` where somebody else would be billed as the one who gave the service."""
    if author_id != clinician_id:
        detail = NotTheClinician.detail
        raise NotTheClinician(errors=[FieldError("", NotTheClinician.code, detail, str(clinician_id))])


def ensure_of_the_day(local: datetime | None, service_date: date) -> None:
    """Raises `Invalid` for a beginning further than a day from the day for which the appointment was booked."""
    if local is not None and abs(local.date() - service_date) > timedelta(days=1):
        on = day_in_words(service_date)
        detail = f"The service began on the day of the appointment, {on}, or a day earlier or later."
        raise Invalid.field("started_at_local", "other_day", detail, service_date.isoformat())


def ensure_in_hand(review: str | None) -> None:
    """Raises `NoteSubmitted` while a draft waits for the supervisor, `NoteDiscarded` once nobody needs it."""
    if review == "submitted":
        raise NoteSubmitted()
    if review == DISCARDED:
        raise NoteDiscarded()


def ensure_in_addition(add_ons: Collection[UUID], service_type_id: UUID) -> None:
    """Raises `Invalid` where the appointment's own service stands among those given in addition to it."""
    if service_type_id in add_ons:
        detail = "This is the service of the appointment."
        raise Invalid.field("add_on_service_type_ids", "own_service", detail)


def ticked(keys: Collection[str], goals: Mapping[str, str]) -> list[str]:
    """The words of the goals with these keys, in the order of the plan; `goals`: key -> words. Raises `Invalid`."""
    if any(key not in goals for key in keys):
        detail = "The plan in force on the day of the session has no such goal."
        raise Invalid.field("goals", "unknown", detail)
    return [words for key, words in goals.items() if key in keys]


def in_format(content: Mapping[str, str], before: str, after: str) -> dict[str, str]:
    """What was written in one template, section -> text, under the sections of another; no word is lost.

    A section that both have stays. The text of the others stands in the first section that only `after` has, each
    under its name. Raises `Invalid` where that is longer than a section may be.
    """
    if before == after:
        return dict(content)
    old, new = TEMPLATES[before], TEMPLATES[after]
    left = [section for section in old if section not in new and content.get(section, "").strip()]
    found = {section: content[section] for section in new if section in old and section in content}
    if left:
        texts = [content[section].strip() for section in left]
        if len(old) > 1:
            texts = [f"{section.capitalize()}: {text}" for section, text in zip(left, texts, strict=True)]
        first = next(section for section in new if section not in old)
        found[first] = "\n\n".join(texts)
        if len(found[first]) > SECTION_CHARACTERS_MAX:
            detail = "What was written is too long for one section of this format. Shorten it first."
            raise Invalid.field("template", "too_long", detail)
    return found


def ensure_sections(template: str, content: Mapping[str, str]) -> None:
    """Raises `Invalid` for a section that the template does not have."""
    unknown = [section for section in content if section not in TEMPLATES[template]]
    if unknown:
        known = ", ".join(TEMPLATES[template])
        raise Invalid(
            errors=[
                FieldError(f"content.{section}", "unknown", f"The sections are: {known}.", known) for section in unknown
            ]
        )
