"""Which pairs of clients are kept, and in which form. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from services.clients.matching.rules import Likeness, likeness_of
from services.clients.profiles.rules import KnownAs

PAIRS_MAX: Final = 20  # of one client, without those that somebody dismissed
# Clients who are looked at for one: how many with the same birthday, full name, phone or e-mail each.
LOOKED_AT_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A client who may be the person that is looked for."""

    client_id: UUID
    likeness: Likeness


def pair_key(client_id: UUID, other_id: UUID) -> tuple[UUID, UUID]:
    """Two clients in the order in which their pair is kept, so that there is one row for both."""
    return (client_id, other_id) if client_id < other_id else (other_id, client_id)


def likeliest(known: KnownAs, others: Iterable[tuple[UUID, KnownAs]]) -> list[Found]:
    """Up to `PAIRS_MAX` of the others who may be this person, the likeliest first; equally likely ones by their ids."""
    found = [
        Found(client_id, likeness) for client_id, other in others if (likeness := likeness_of(known, other)) is not None
    ]
    return sorted(found, key=lambda each: (-each.likeness.score, each.client_id))[:PAIRS_MAX]


def with_room(found: Iterable[Found], kept: Iterable[UUID], pairs_of: Mapping[UUID, int]) -> list[Found]:
    """Those whose pair is kept already, and those who have fewer than `PAIRS_MAX` pairs: `pairs_of` counts them.

    So a client whom very many resemble does not collect a pair with each of them.
    """
    here = frozenset(kept)
    return [each for each in found if each.client_id in here or pairs_of.get(each.client_id, 0) < PAIRS_MAX]
