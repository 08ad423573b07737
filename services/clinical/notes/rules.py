"""What holds of drafts: the templates, and who edits what. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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


class NotAuthorOfDraft(Forbidden):
    """A draft is its author's."""

    code = "not_author"
    detail = "Only the author edits a note."


class NotOrphaned(Conflict):
    """A draft stays its author's while they can finish it."""

    code = "not_orphaned"
    detail = "Its author can finish this draft."


def ensure_sections(template: str, content: Mapping[str, str]) -> None:
    """Raises `Invalid` for a section that the template does not have."""
    unknown = [section for section in content if section not in TEMPLATES[template]]
    if unknown:
        known = ", ".join(TEMPLATES[template])
        raise Invalid(
            errors=[FieldError(f"content.{one}", "unknown", f"The sections are: {known}.", known) for one in unknown]
        )
