"""What holds of notes and their signatures. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from shared.errors import Conflict, FieldError, Forbidden, Invalid

# Template -> its sections, all of which must have text before the note is signed.
TEMPLATES: Final[dict[str, tuple[str, ...]]] = {
    "soap": ("subjective", "objective", "assessment", "plan"),
    "dap": ("data", "assessment", "plan"),
    "birp": ("behavior", "intervention", "response", "plan"),
    "girp": ("goals", "intervention", "response", "plan"),
    "narrative": ("text",),
}
SECTION_CHARACTERS_MAX: Final = 50_000
MINUTES_MAX: Final = 12 * 60
HAPPENED: Final = ("arrived",)


class NoteExists(Conflict):
    """One note per appointment and client; more is said in it or in an addendum."""

    code = "note_exists"
    detail = "There is a note for this client and appointment already."


class CaseNeeded(Conflict):
    """A note belongs to a case, and no open one can be told."""

    code = "case_needed"
    detail = "The client has no open case. Open one first."


class NoteSigned(Conflict):
    """A signed note does not change."""

    code = "note_signed"
    detail = "This note is signed. Add an addendum or an amendment."


class NoteNotSigned(Conflict):
    """A draft is simply edited."""

    code = "note_not_signed"
    detail = "This note is not signed yet: edit it."


class NotAuthorOfDraft(Forbidden):
    """A draft is its author's."""

    code = "not_author"
    detail = "Only the author edits a note."


class NotAuthor(Conflict):
    """A signature vouches for what one has written oneself."""

    code = "not_author"
    detail = "Only the author signs or amends a note."


class NotOrphaned(Conflict):
    """A draft stays its author's while they can finish it."""

    code = "not_orphaned"
    detail = "Its author can finish this draft."


class NoLicence(Conflict):
    """Whoever signs must be licensed, on the day of the service and on the day of the signature."""

    code = "licence"
    detail = "There is no licence in force, on the date of service and today."


class NotAttended(Conflict):
    """What did not take place is not documented as a service."""

    code = "not_attended"
    detail = "The appointment is not marked as kept."


class NotStarted(Conflict):
    """What has not begun can not be documented."""

    code = "not_started"
    detail = "The appointment has not begun yet."


class SectionEmpty(Conflict):
    """Every section of the template has text."""

    code = "section_empty"
    detail = "A required section is empty."


class MinutesMissing(Conflict):
    """How long it took decides what is billed."""

    code = "minutes_missing"
    detail = "Say how many minutes the service took."


@dataclass(frozen=True, slots=True)
class Signing:
    """What decides whether a note may be signed."""

    by_author: bool
    attended: bool
    starts_at: datetime
    now: datetime
    template: str
    content: Mapping[str, str]
    minutes: int | None


def ensure_may_sign(signing: Signing) -> None:
    """Raises the first refusal that applies: author, begun, attended, sections, minutes. The licence is asked apart."""
    if not signing.by_author:
        raise NotAuthor()
    if signing.starts_at > signing.now:
        raise NotStarted()
    if not signing.attended:
        raise NotAttended()
    ensure_complete(signing.template, signing.content)
    if not signing.minutes:
        raise MinutesMissing()


def ensure_complete(template: str, content: Mapping[str, str]) -> None:
    """Raises `SectionEmpty`, naming each section of the template without text."""
    empty = [section for section in TEMPLATES[template] if not content.get(section, "").strip()]
    if empty:
        raise SectionEmpty(errors=[FieldError(f"content.{one}", "empty", "Write something here.") for one in empty])


def ensure_sections(template: str, content: Mapping[str, str]) -> None:
    """Raises `Invalid` for a section that the template does not have."""
    unknown = [section for section in content if section not in TEMPLATES[template]]
    if unknown:
        known = ", ".join(TEMPLATES[template])
        raise Invalid(
            errors=[FieldError(f"content.{one}", "unknown", f"The sections are: {known}.") for one in unknown]
        )


def licensed(licences: Iterable[Mapping[str, Any]], days: Iterable[date]) -> bool:
    """Whether on each of `days` some licence is in force. Licences have ISO dates; no `issued_on` means always."""

    def in_force(licence: Mapping[str, Any], day: date) -> bool:
        issued, expires = licence.get("issued_on"), licence["expires_on"]
        return (issued is None or date.fromisoformat(issued) <= day) and day <= date.fromisoformat(expires)

    held = list(licences)
    return all(any(in_force(licence, day) for licence in held) for day in days)


def changes_billing(before: tuple[int | None, Any], after: tuple[int | None, Any]) -> bool:
    """Whether an amendment concerns the invoice: minutes or service differ."""
    return before != after
