"""What holds of breaking the glass. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from shared.errors import Conflict, Forbidden
from shared.permissions import Restriction

OUTCOMES: Final = ("justified", "not_justified")
STATES: Final = ("all", "open", "to_review")
OPENERS: Final = frozenset({"therapist", "organization_administration"})
ALERTED_MAX: Final = 50
WITHIN: Final = timedelta(hours=24)
OPENINGS_MAX: Final = 10  # of one record, by one person, within that time: each mails administrators and wants a review
REVIEWED_WITHIN: Final = timedelta(days=1)


class BreakGlassOff(Forbidden):
    """The organization has not allowed it."""

    code = "break_glass_off"
    detail = "Your organization does not allow emergency access."


class NotForAdministration(Forbidden):
    """Whom the organization keeps out of unassigned cases does not let themselves in."""

    code = "not_for_administration"
    detail = "Emergency access is for therapists and Organization Administration."


class BroughtInByAdministration(Forbidden):
    """Administration that sees its own cases only may be the person whom it invited."""

    code = "own_cases_only"
    detail = (
        "Somebody invited you who sees their own cases only, so emergency access is not open to you."
        " Ask Organization Administration."
    )


class NothingHidden(Conflict):
    """There is no case of this client that is closed to the person: emergency access must not become a habit."""

    code = "nothing_hidden"
    detail = "You can open every case of this client already."


class OneAtATime(Conflict):
    """One client at a time: end the first access before opening another record."""

    code = "one_at_a_time"
    detail = "You have emergency access to another client. End it first."


class ReviewPending(Conflict):
    """What was opened is to be looked at by somebody else before the same is opened on and on."""

    denies = True
    code = "review_pending"
    detail = "You have opened this record for as long, or as often, as you may, and nobody has reviewed that yet."


class OwnReview(Forbidden):
    """Who opened a record does not judge whether that was right, nor does somebody who may be that person."""

    code = "own_review"
    detail = "Somebody else reviews this."


class AlreadyReviewed(Conflict):
    """A review stands."""

    code = "already_reviewed"
    detail = "This has been reviewed."


class StillOpen(Conflict):
    """What is to be judged is not over."""

    code = "still_open"
    detail = "End the access first, or wait until it has run out."


def is_opener(levels: Collection[str], *, active: bool) -> bool:
    """Whether somebody with these levels may open records in an emergency, where the organization allows it."""
    return active and not OPENERS.isdisjoint(levels)


def ensure_may_open(
    *, enabled: bool, levels: frozenset[str], vouched_for: bool, hidden_cases: int, elsewhere: bool
) -> None:
    """Raises `BreakGlassOff`, `NotForAdministration`, `BroughtInByAdministration`, `OneAtATime` (`elsewhere`: open for
    another client), `NothingHidden`.

    `vouched_for`: nobody who is kept out of unassigned cases may be this person under another address.
    """
    if not enabled:
        raise BreakGlassOff()
    if not levels & OPENERS:
        raise NotForAdministration()
    if not vouched_for:
        raise BroughtInByAdministration()
    if elsewhere:
        raise OneAtATime()
    if not hidden_cases:
        raise NothingHidden()


def time_left(minutes: int, unreviewed: Iterable[tuple[datetime, datetime]], now: datetime) -> timedelta:
    """How much longer one person may have one client's record open: the organization's time, less what they had of it
    within the last day and nobody has reviewed, as periods of begin and end.

    Raises `ReviewPending` when less than a minute is left, or when they had it open `OPENINGS_MAX` times.
    """
    since = now - WITHIN
    had = [(begin, end) for begin, end in unreviewed if end > since]
    left = timedelta(minutes=minutes) - sum((end - max(begin, since) for begin, end in had), timedelta())
    if left < timedelta(minutes=1) or len(had) >= OPENINGS_MAX:
        raise ReviewPending()
    return left


def is_own(
    restrictions: Collection[Restriction], actor_id: UUID, opener_id: UUID, brought_in_by: Collection[UUID]
) -> bool:
    """Whether an opening is the actor's, or of somebody whom the actor may be under another address.

    That counts for somebody narrowed to their own cases; others see the record anyway. `brought_in_by`: who invited
    the person who opened it, or changed their address.
    """
    return actor_id == opener_id or (Restriction.CASES_ASSIGNED in restrictions and actor_id in brought_in_by)


def why_not_to_review(*, own: bool, open_still: bool, reviewed: bool) -> OwnReview | AlreadyReviewed | StillOpen | None:
    """What a review of an opening would be refused with, or None: `own` is what `is_own` says."""
    if own:
        return OwnReview()
    if reviewed:
        return AlreadyReviewed()
    return StillOpen() if open_still else None
