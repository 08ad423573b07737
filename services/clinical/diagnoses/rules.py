"""What holds of diagnoses. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from shared.errors import Invalid

RANK_MAX = 12  # a professional claim (837P, CMS-1500) has room for twelve
# Only the form: U07.1 and, since October 2025, QA0.0101 are codes too. The code set says which ones exist.
_SHAPE = re.compile(r"^[A-Z][0-9A-Z]{2}(\.?[0-9A-Z]{1,4})?$")


class UnknownDiagnosisCode(Invalid):
    """Not a billable code of ICD-10-CM."""

    code = "unknown_diagnosis_code"


class RankTaken(Invalid):
    """At any date there is one primary diagnosis, one secondary, and so on."""

    code = "rank_taken"


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
    return tuple(one.code for one in diagnoses if one.period.contains(day))


def normalised_code(text: str) -> str | None:
    """An ICD-10-CM code in capitals and with its dot (`f411` is `F41.1`); None when it does not look like one."""
    code = text.strip().upper()
    if not _SHAPE.match(code):
        return None
    bare = code.replace(".", "")
    return bare if len(bare) == 3 else f"{bare[:3]}.{bare[3:]}"


def ensure_rank_is_free(rank: int, period: Period, taken: Iterable[tuple[int, Period]]) -> None:
    """Raises `RankTaken` when a diagnosis of that rank is in force on a day of `period`."""
    if any(other == rank and period.overlaps(when) for other, when in taken):
        name = {1: "primary", 2: "secondary"}.get(rank, f"number {rank}")
        raise RankTaken.field("rank", RankTaken.code, f"There is a {name} diagnosis in that time already.", str(rank))
