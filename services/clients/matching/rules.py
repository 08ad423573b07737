"""How likely two records are of one person, and what an import makes of it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from services.clients.profiles.rules import KnownAs, duplicate_reason, duplicate_reasons

# Of a hundred. Only who is surely the same person is left out by itself.
SCORES: Final[Mapping[str, int]] = {"same_name_and_birth_date": 100, "same_contact": 80, "similar_name": 60}
SURE: Final = 100
CANDIDATES_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A client who may be the person of a row."""

    client_id: UUID
    score: int
    reason: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """How likely two clients are one person, and everything that speaks for it, the strongest first."""

    score: int
    reasons: tuple[str, ...]


def likeness_of(known: KnownAs, other: KnownAs) -> Likeness | None:
    """The same from either side; None where nothing speaks for it. The strongest reason gives the score."""
    reasons = duplicate_reasons(known, other)
    return Likeness(SCORES[reasons[0]], reasons) if reasons else None


def candidates_of(person: KnownAs, others: Iterable[tuple[UUID, KnownAs]]) -> list[Candidate]:
    """Who may be this person, the likeliest first; equally likely ones by their ids. Each once, as who is most like."""
    found = [
        Candidate(client_id, SCORES[reason], reason)
        for client_id, other in others
        if (reason := duplicate_reason(person, other))
    ]
    found.sort(key=lambda candidate: (candidate.score, candidate.client_id))
    likeliest = {candidate.client_id: candidate for candidate in found}.values()
    return sorted(likeliest, key=lambda candidate: (-candidate.score, candidate.client_id))[:CANDIDATES_MAX]


class Alike:
    """People by what two profiles of one person share: a birthday, a phone or an e-mail."""

    def __init__(self, people: Iterable[tuple[UUID, KnownAs]]) -> None:
        self._by: dict[date | str, list[tuple[UUID, KnownAs]]] = defaultdict(list)
        for each in people:
            for shared in _shared(each[1]):
                self._by[shared].append(each)

    def to(self, person: KnownAs) -> list[tuple[UUID, KnownAs]]:
        """Who may be this person; of nobody else `duplicate_reason` says anything. Some may stand there twice."""
        return [each for shared in _shared(person) for each in self._by.get(shared, ())]


def result_of(candidates: Iterable[Candidate]) -> str:
    """`would_create`, `duplicate` where somebody is surely the same person, `needs_decision` where somebody may be."""
    best = max((candidate.score for candidate in candidates), default=0)
    return "duplicate" if best >= SURE else "needs_decision" if best else "would_create"


def same_person_key(person: KnownAs) -> str:
    """Equal for two rows with the same birthday and the same words in their names."""
    return f"{person.born} {' '.join(sorted(person.words))}"


def _shared(person: KnownAs) -> tuple[date | str, ...]:
    return (person.born, *person.contacts)
