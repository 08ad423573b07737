"""Who pays which share for a client, and from when until when. Pure.

A share counts on its days, for every service or for one. On each day and for each service the shares have to agree:
percents come to at most 100, one person at most takes the rest, and nobody has two shares of one thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from shared.calendar_words import day_in_words
from shared.errors import Conflict, FieldError, Invalid

PERCENT, FIXED, CAP, REST = KINDS = ("percent", "fixed", "cap", "rest")
IN_CENTS: Final = (FIXED, CAP)
ADDED, CHANGED, REMOVED = DEEDS = ("added", "changed", "removed")
WHOLE: Final = 100  # percent
AT_ONCE_MAX: Final = 10  # of one client, on one day
EVER_MAX: Final = 100  # of one client, the ended ones too


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What somebody pays. `percent` of a share in percent, `cents` of one in dollars; without a service: of each."""

    kind: str
    percent: int | None = None
    cents: int | None = None
    service_type_id: UUID | None = None

    def meets(self, other: Share) -> bool:
        """Whether there is a service that both are of."""
        return None in (self.service_type_id, other.service_type_id) or self.service_type_id == other.service_type_id

    @property
    def stored(self) -> dict[str, Any]:
        """As JSON."""
        service = str(self.service_type_id) if self.service_type_id else None
        return {"kind": self.kind, "percent": self.percent, "cents": self.cents, "service_type_id": service}


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A share of somebody on its days, the last one included. `last` None: until further notice."""

    person: tuple[str, ...]
    share: Share
    first: date
    last: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it counts on that day."""
        return self.first <= day and (self.last is None or day <= self.last)

    def lies_within(self, other: Term) -> bool:
        """Whether it is the same share of the same person, on none but the other's days."""
        ends_first = other.last is None or (self.last is not None and self.last <= other.last)
        same = (self.person, self.share) == (other.person, other.share)
        return same and other.first <= self.first and ends_first


class TooManyResponsible(Conflict):
    """The list of one client is full."""

    code = "too_many_responsible"
    detail = f"At most {AT_ONCE_MAX} people pay for a client at once. Say until when somebody else pays first."


class WasInForce(Conflict):
    """A share that counted would be removed."""

    code = "was_in_force"
    detail = "This share counted already, so it stays on record. Give it a last day instead."


def person_of(given_name: str, family_name: str, email: str | None) -> tuple[str, ...]:
    """By what a person is the same as another.

    >>> person_of("Ada", " Byron", None) == person_of("ada", "BYRON", None)
    True
    """
    return tuple(" ".join(part.split()).casefold() for part in (given_name, family_name, email or ""))


def ensure_days(first: date, last: date | None) -> None:
    """Raises `Invalid` (`before_from`) where the last day comes before the first."""
    if last is not None and last < first:
        raise Invalid.field("effective_to", "before_from", "The last day comes before the first one.")


def ensure_room(ever: int) -> None:
    """Raises `TooManyResponsible` where a client has that many shares already, with those that ended."""
    if ever >= EVER_MAX:
        raise TooManyResponsible(f"A client has at most {EVER_MAX} shares on record. Change one of them.")


def ensure_agrees(term: Term, others: Sequence[Term]) -> None:
    """Raises `TooManyResponsible`, and `Invalid` that names the input: `over_100_percent`, `two_rests`, `two_shares`.

    `others`: every other share of the client. What they say among themselves is not looked at.
    """
    # What counts together on some day does so on the first day of the last one to begin.
    days = {term.first, *(other.first for other in others if term.holds_on(other.first))}
    for day in sorted(days):
        on_that_day = [other for other in others if other.holds_on(day)]
        if len(on_that_day) >= AT_ONCE_MAX:
            raise TooManyResponsible()
        of_one = term.share.service_type_id
        services = {of_one} if of_one else {None, *(other.share.service_type_id for other in on_that_day)}
        for service in sorted(services, key=str):
            _ensure_agrees_on(
                day, term, [each for each in on_that_day if each.share.service_type_id in (None, service)]
            )


def agrees(term: Term, others: Sequence[Term]) -> bool:
    """Whether `ensure_agrees` lets it pass."""
    try:
        ensure_agrees(term, others)
    except (Invalid, TooManyResponsible):
        return False
    return True


def fitting(terms: Sequence[Term], counted: Sequence[Term]) -> list[bool]:
    """Which of these agree with those that count, and with each of these before it that does; in their order."""
    agreed, fits = [*counted], []
    for term in terms:
        fits.append(agrees(term, agreed))
        if fits[-1]:
            agreed.append(term)
    return fits


def ensure_removable(first: date, today: date) -> None:
    """Raises `WasInForce` for a share that began."""
    if first <= today:
        raise WasInForce()


def _ensure_agrees_on(day: date, term: Term, others: Sequence[Term]) -> None:
    """`others`: of one service, on that day."""
    when = day_in_words(day)
    if any(other.person == term.person for other in others):
        detail = f"This person has a share on {when} already. Change it, or give it a last day before."
        raise Invalid.field("effective_from", "two_shares", detail, day.isoformat())
    left = WHOLE - sum(other.share.percent or 0 for other in others)
    if (term.share.percent or 0) > max(left, 0):
        detail = f"The shares of {when} come to more than 100%. At most {max(left, 0)}% is left."
        raise OverWhole(errors=[FieldError("share.percent", OverWhole.code, detail, str(max(left, 0)))])
    if term.share.kind == REST and any(other.share.kind == REST for other in others):
        detail = f"Somebody else takes the rest on {when}. Only one person can."
        raise Invalid.field("share.kind", "two_rests", detail, day.isoformat())


class OverWhole(Invalid):
    """Percents of one day and service come to more than 100."""

    code = "over_100_percent"
    detail = "The shares come to more than 100%."
