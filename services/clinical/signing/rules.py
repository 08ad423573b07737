"""What holds of signatures: when a note may be signed, and what an amendment changes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from services.clinical.attendance.rules import NotAttended, NotStarted
from services.clinical.last_word.rules import ServiceSupervised
from services.clinical.notes.rules import TEMPLATES
from shared.errors import Conflict, FieldError
from shared.texts import has_something_to_see


class Supervised(Conflict):
    """The author's supervisor approves or co-signs, so the author's signature alone bills nothing."""

    denies = True
    code = "supervised"
    detail = "Your supervisor has the last word on your notes. Submit this note instead of signing it."


class SupervisedAddendum(Supervised):
    """What is added counts as signed at once, which a supervised author's signature alone does not."""

    detail = "Your supervisor has the last word on your notes. Amend this note instead: the amendment goes to them."


class NotSupervised(Conflict):
    """There is nobody to submit to."""

    code = "not_supervised"
    detail = "Nobody has to approve or co-sign your notes. Sign this note instead of submitting it."


class NoteNotSigned(Conflict):
    """A draft is edited, not amended."""

    code = "note_not_signed"
    detail = "This note is not signed yet: edit it."


class Billed(Conflict):
    """What was issued is corrected by an amendment, of which billing makes a proposal."""

    code = "billed"
    detail = "This appointment has been billed. Amend the note instead of reopening it."


class NotAuthor(Conflict):
    """A signature vouches for what one has written oneself."""

    denies = True
    code = "not_author"
    detail = "Only the author signs or amends a note."


class NoLicence(Conflict):
    """The signer must be licensed on the date of service and on the day of the signature."""

    denies = True
    code = "licence"
    detail = "There is no license in force, on the date of service and today."


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
    """What decides whether a note may be signed; `for_review`: it then waits for a supervisor."""

    by_author: bool
    supervised: bool
    last_word_kept: bool  # by the supervisor of the clinician who gave the service
    for_review: bool
    attended: bool
    starts_at: datetime
    now: datetime
    template: str
    content: Mapping[str, str]
    minutes: int | None
    licensed: bool


def ensure_may_sign(signing: Signing) -> None:
    """Raises the first refusal that applies.

    Author, the service's supervisor, the author's, begun, attended, sections, minutes, licence.
    """
    if not signing.by_author:
        raise NotAuthor()
    if not signing.last_word_kept:
        raise ServiceSupervised()
    if signing.supervised and not signing.for_review:
        raise Supervised()
    if signing.for_review and not signing.supervised:
        raise NotSupervised()
    if signing.starts_at > signing.now:
        raise NotStarted()
    if not signing.attended:
        raise NotAttended()
    ensure_complete(signing.template, signing.content)
    if not signing.minutes:
        raise MinutesMissing()
    if not signing.licensed:
        raise NoLicence()


OTHERS_ADDENDUM: Final = (
    "A supervisor approves or co-signs the notes of the clinician who gave this service, so they add to it themselves."
    " The clinician amends it, and the amendment goes to the supervisor."
)


def ensure_may_add(*, supervised: bool, licensed: bool) -> None:
    """An addendum is a signature: raises `SupervisedAddendum` and `NoLicence` where one alone would not count."""
    if supervised:
        raise SupervisedAddendum()
    if not licensed:
        raise NoLicence()


def ensure_complete(template: str, content: Mapping[str, str]) -> None:
    """Raises `SectionEmpty`, naming each section of the template without text."""
    empty = [section for section in TEMPLATES[template] if not has_something_to_see(content.get(section, ""))]
    if empty:
        raise SectionEmpty(
            errors=[FieldError(f"content.{section}", "empty", "Write something here.") for section in empty]
        )


def licensed(licences: Iterable[Mapping[str, Any]], days: Iterable[date]) -> bool:
    """Whether on each of `days` some licence is in force. Licences have ISO dates; no `issued_on` means always."""

    def in_force(licence: Mapping[str, Any], day: date) -> bool:
        issued, expires = licence.get("issued_on"), licence["expires_on"]
        return (issued is None or date.fromisoformat(issued) <= day) and day <= date.fromisoformat(expires)

    held = list(licences)
    return all(any(in_force(licence, day) for licence in held) for day in days)
