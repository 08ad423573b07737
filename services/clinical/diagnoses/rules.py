"""What holds of diagnoses. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.errors import Conflict, Invalid

RANK_MAX = 12  # a professional claim (837P, CMS-1500) has room for twelve
# Only the form: U07.1 and, since October 2025, QA0.0101 are codes too. The code set says which ones exist.
_SHAPE = re.compile(r"^[A-Z][0-9A-Z]{2}(\.?[0-9A-Z]{1,4})?$")


class UnknownDiagnosisCode(Invalid):
    """Not a billable code of ICD-10-CM."""

    code = "unknown_diagnosis_code"


class RankTaken(Invalid):
    """At any date there is one primary diagnosis, one secondary, and so on."""

    code = "rank_taken"


class CodeTwice(Invalid):
    """A claim names a diagnosis once."""

    code = "code_twice"


class EnteredInError(Conflict):
    """What never was is kept as it was."""

    code = "entered_in_error"
    detail = "This diagnosis was entered in error. Add another one."


class PeriodReversed(Invalid):
    """It would end before it begins."""

    code = "period_reversed"


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` through `last`, both inclusive; `last` None: until further notice."""

    first: date
    last: date | None

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise PeriodReversed.field("effective_to", PeriodReversed.code, "It ends before it begins.")

    def contains(self, day: date) -> bool:
        """Whether the day lies within."""
        return self.first <= day and (self.last is None or day <= self.last)

    def overlaps(self, other: Period) -> bool:
        """Whether there is a day that lies within both."""
        return (other.last is None or self.first <= other.last) and (self.last is None or other.first <= self.last)


@dataclass(frozen=True, slots=True)
class InForce:
    """A diagnosis as far as it says what is in force when: its place, its code and its days."""

    rank: int
    id: UUID
    code: str
    period: Period


def codes_on(diagnoses: Iterable[InForce], day: date) -> tuple[str, ...]:
    """The codes in force on a date of service, in the order of the diagnoses."""
    return tuple(diagnosis.code for diagnosis in diagnoses if diagnosis.period.contains(day))


def normalised_code(text: str) -> str | None:
    """An ICD-10-CM code in capitals and with its dot (`f411` is `F41.1`); None when it does not look like one."""
    code = text.strip().upper()
    if not _SHAPE.match(code):
        return None
    bare = code.replace(".", "")
    return bare if len(bare) == 3 else f"{bare[:3]}.{bare[3:]}"


@dataclass(frozen=True, slots=True)
class Place:
    """What a diagnosis takes up among those of its case."""

    code: str
    rank: int
    period: Period


def ensure_code_is_new(place: Place, taken: Collection[Place], field: str = "code") -> None:
    """Raises `CodeTwice`, of `field`, when the code is in force already on a day of the period."""
    if any(other.code == place.code and other.period.overlaps(place.period) for other in taken):
        raise CodeTwice.field(field, CodeTwice.code, f"{place.code} is a diagnosis in that time already.", place.code)


def ensure_rank_is_free(place: Place, taken: Collection[Place]) -> None:
    """Raises `RankTaken` when a diagnosis of that rank is in force on a day of the period."""
    if any(other.rank == place.rank and other.period.overlaps(place.period) for other in taken):
        name = {1: "primary", 2: "secondary"}.get(place.rank, f"number {place.rank}")
        detail = f"There is a {name} diagnosis in that time already."
        raise RankTaken.field("rank", RankTaken.code, detail, str(place.rank))
